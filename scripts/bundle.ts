import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What stays a module of its own: it finds its files by where it lies, or few commands load it. */
const external = [
  '@sluice',
  '@kubernetes',
  '@octokit',
  '@sigstore',
  'cli-table3',
  'croner',
  'log-update',
  'rrule-temporal',
];

// Dependencies written in CommonJS ask for `require`, which an ES module does not have.
const banner = `import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);`;

/** Milliseconds after which what another process was making is a dead one's. */
const abandoned = 10 * 60_000;

/**
 * The command line as a few files, instead of the 380 modules that a promotion loads in more time than it works.
 * Made anew whenever a file of `src` is another one, and kept beside the dependencies. Gives the file to import: the
 * source itself, which does the same, where nothing can be made or kept.
 */
export async function commandLine(folder = import.meta.dirname): Promise<string> {
  const source = join(folder, 'src');
  const kept = join(folder, 'node_modules', '.cache', 'command-line');
  const key = keyOf([source, join(folder, '..', 'pnpm-lock.yaml')]);
  const file = join(kept, key, 'cli.js');
  if (existsSync(file)) return file;
  let draft: string | undefined;
  try {
    mkdirSync(kept, { recursive: true });
    draft = mkdtempSync(join(kept, `${key}.`));
    const { build } = await import('esbuild');
    await build({
      entryPoints: [join(source, 'cli.ts')],
      outdir: draft,
      bundle: true,
      splitting: true,
      platform: 'node',
      target: 'node26',
      format: 'esm',
      sourcemap: 'linked',
      sourcesContent: false,
      external: external.flatMap((name) => [name, `${name}/*`]),
      banner: { js: banner },
      logLevel: 'silent',
    });
    // Else Node looks into each file for what it is.
    writeFileSync(join(draft, 'package.json'), '{ "type": "module" }\n');
    renameSync(draft, join(kept, key));
    for (const name of readdirSync(kept)) if (name !== key) removeOld(join(kept, name));
  } catch {
    // Somebody else has been faster, or the source is what there is.
    if (draft !== undefined) rmSync(draft, { recursive: true, force: true });
  }
  return existsSync(file) ? file : join(source, 'cli.ts');
}

/** Removes what was made of earlier sources, but nothing that is just being made. */
function removeOld(path: string): void {
  const isDraft = basename(path).includes('.');
  if (isDraft && Date.now() - lstatSync(path).mtimeMs < abandoned) return;
  rmSync(path, { recursive: true, force: true });
}

/** A hash that changes with any file at or below some paths: with its name, its size, or when it was written. */
function keyOf(paths: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  function add(path: string): void {
    const { size, mtimeMs } = lstatSync(path);
    hash.update(`\0${path}\0${size}\0${mtimeMs}`);
  }
  for (const path of paths) {
    if (!lstatSync(path).isDirectory()) add(path);
    else {
      const entries = readdirSync(path, { recursive: true, withFileTypes: true });
      for (const each of entries) if (each.isFile()) add(join(each.parentPath, each.name));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
