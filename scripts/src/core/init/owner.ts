import { configFile } from '../config.ts';
import { registryPattern } from '../config-schema.ts';
import { UserError } from '../errors.ts';
import { gitHubPage, readGitHubAddress, type GitHubAddress } from '../github-address.ts';
import { parseYaml } from '../yaml.ts';

/** Whose a copy of this repository is: where it is, and where its images go. */
export interface Owner {
  repository: GitHubAddress;
  /** Its address, as Argo CD reads it. */
  url: string;
  registry: string;
}

/** Where the repository's address stands for Argo CD. */
export const settingsFile = 'argocd/settings/settings.env';

const setting = /^repository=(.*?)\s*$/m;

/** What the files say now. Throws UserError where one of them says nothing that can be read. */
export function readOwner(files: ReadonlyMap<string, string>): Owner {
  const url = setting.exec(files.get(settingsFile) ?? '')?.[1];
  const repository = url === undefined ? undefined : readRepository(url);
  if (url === undefined || repository === undefined) {
    throw new UserError(`${settingsFile} names no repository but ${JSON.stringify(url ?? '')}`, {
      hint: 'write repository=https://github.com/<owner>/<name>.git there, the address that the other files have, then run init again',
      exit: 'usage',
    });
  }
  const { registry } = {
    registry: undefined,
    ...(parseYaml(files.get(configFile) ?? '', configFile) as object | null),
  };
  if (typeof registry === 'string' && registryPattern.test(registry)) return { repository, url, registry };
  throw new UserError(`${configFile} has no registry but ${JSON.stringify(registry ?? '')}`, {
    hint: 'write registry: ghcr.io/<owner> there, the registry that the other files have, then run init again',
    exit: 'usage',
  });
}

/** `owner/name` on github.com, or an address of a repository on any server in one of Git's forms; undefined for anything else. */
export function readRepository(text: string): GitHubAddress | undefined {
  const url = /^[\w-]+\/[\w.-]+$/.test(text) ? `https://github.com/${text}` : text;
  const { host, hostname } = URL.canParse(url) ? new URL(url) : { host: '', hostname: '' };
  const scp = /^(?:[^@/:]+@)?([^@/:]+):/.exec(url)?.[1]?.toLowerCase() ?? '';
  return readGitHubAddress(
    url,
    [host, hostname, scp].filter((each) => each !== ''),
  );
}

/**
 * Whose it becomes: the registry is the one that was named, else the one that its files have where they are of this
 * repository already, else that of its owner at GitHub. Throws UserError (exit 2) where there is none.
 */
export function chooseOwner(was: Owner, repository: GitHubAddress, registry: string | undefined): Owner {
  const page = gitHubPage(repository);
  const same = gitHubPage(was.repository) === page;
  const found = registry ?? (same ? was.registry : registryOf(repository));
  if (found === undefined) {
    throw new UserError(`${repository.host} does not say where the images of ${page} go`, {
      hint: 'name the registry: pnpm run init --registry <host>/<path>',
      exit: 'usage',
    });
  }
  if (registryPattern.test(found)) return { repository, url: same ? was.url : `${page}.git`, registry: found };
  throw new UserError(`${JSON.stringify(found)} is not the address of a registry`, {
    hint: 'host and path in lower case, without https:// and tag: pnpm run init --registry ghcr.io/<owner>',
    exit: 'usage',
  });
}

/** GitHub's own registry, whose names are in lower case (docs.github.com, "Working with the Container registry"). */
function registryOf({ host, owner }: GitHubAddress): string | undefined {
  return host === 'github.com' ? `ghcr.io/${owner.toLowerCase()}` : undefined;
}
