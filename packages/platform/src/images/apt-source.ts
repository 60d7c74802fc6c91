import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { readIfThere } from '../files.ts';

/** Where this host gets its distribution from. */
export interface AptSource {
  mirror: string;
  /** The release's code name. */
  suite: string;
  /** Path of the keys that sign it, where the configuration names one. */
  keyring: string | undefined;
}

/** The mirror of this host's own release, by its apt configuration below `etc`; a UserError says where it was looked for. */
export async function hostAptSource(etc = '/etc'): Promise<AptSource> {
  const release = (await readIfThere(join(etc, 'os-release'))) ?? '';
  const suite = /^VERSION_CODENAME="?([\w.-]+)"?$/m.exec(release)?.[1] ?? '';
  const folder = join(etc, 'apt', 'sources.list.d');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(list|sources)$/.test(name)).toSorted();
  for (const file of [join(etc, 'apt', 'sources.list'), ...names.map((name) => join(folder, name))]) {
    const text = (await readIfThere(file)) ?? '';
    const found = file.endsWith('.sources') ? fromStanzas(text, suite) : fromLines(text, suite);
    if (found !== undefined) return found;
  }
  throw new UserError(`no apt source for the release "${suite}" in ${join(etc, 'apt')}`, {
    hint: `a Debian base for images is made from this host's own mirror: name it in ${join(etc, 'apt', 'sources.list')}`,
  });
}

/** Reads the one-line format: https://manpages.debian.org/bookworm/apt/sources.list.5.en.html */
export function fromLines(text: string, suite: string): AptSource | undefined {
  for (const line of text.split('\n')) {
    const match = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(line.trim());
    if (match === null || match[3] !== suite || !/\bmain\b/.test(match[4] ?? '')) continue;
    const keyring = /(?:^|\s)signed-by=(\S+)/.exec(match[1] ?? '')?.[1];
    return { mirror: match[2] ?? '', suite, keyring };
  }
  return undefined;
}

/** Reads the deb822 format of the same manual page. */
export function fromStanzas(text: string, suite: string): AptSource | undefined {
  for (const stanza of text.split(/\n\s*\n/)) {
    const field = (name: string): string[] =>
      (new RegExp(`^${name}:(.*)$`, 'im').exec(stanza)?.[1] ?? '').split(/\s+/).filter((word) => word !== '');
    const [mirror] = field('URIs');
    const enabled = field('Enabled')[0] !== 'no' && field('Types').includes('deb');
    if (!enabled || mirror === undefined || !field('Suites').includes(suite) || !field('Components').includes('main'))
      continue;
    const [keyring] = field('Signed-By');
    return { mirror, suite, keyring: keyring?.startsWith('/') === true ? keyring : undefined };
  }
  return undefined;
}
