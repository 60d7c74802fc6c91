import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writeAtomically } from '../files.ts';
import { run } from '../run.ts';
import { hasClone, makeClone } from './clone.ts';
import type { RemoteLayout } from './layout.ts';
import { installDependencies } from './pnpm.ts';

/**
 * Checks a commit of main out in the pipeline's own clone, whose remote is called `local`. Ignored files stay, among
 * them the dependencies. What a killed run left (a half clone, a stale lock) is cleared away. Only the runner calls it.
 */
export async function checkOut(layout: RemoteLayout, commit: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (await hasClone(layout.work)) {
    try {
      return await moveTo(layout, commit, env);
    } catch {
      // Whatever is wrong with the clone, a new one costs a second.
    }
  }
  await makeClone(layout, layout.work, env);
  await moveTo(layout, commit, env);
}

async function moveTo(layout: RemoteLayout, commit: string, env: NodeJS.ProcessEnv): Promise<void> {
  const git = ['-C', layout.work];
  await rm(join(layout.work, '.git', 'index.lock'), { force: true });
  await run('git', [...git, 'fetch', '--quiet', '--prune', 'local'], { env });
  await run('git', [...git, 'checkout', '--quiet', '--force', '--detach', commit], { env });
  await run('git', [...git, 'clean', '--quiet', '-fd'], { env });
}

/** A hash of everything that an installation of what is checked out depends on. */
async function manifestsHash(layout: RemoteLayout, env: NodeJS.ProcessEnv): Promise<string> {
  const files = ['package.json', '**/package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc'];
  const patterns = files.map((file) => `:(glob)${file}`);
  const list = await run('git', ['-C', layout.work, 'ls-files', '--stage', '--', ...patterns], { env });
  return createHash('sha256').update(list).digest('hex').slice(0, 16);
}

/** Installs the dependencies of what is checked out, if its manifests or lockfile differ from those of the last installation. */
export async function ensureDependencies(
  layout: RemoteLayout,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  const mark = join(layout.work, 'node_modules', '.sluice-manifests');
  const hash = await manifestsHash(layout, env);
  if ((await readIfThere(mark)) === hash) return;
  say('sluice: installing dependencies, because manifests or the lockfile changed');
  await rm(mark, { force: true });
  await installDependencies(layout.work, [], env);
  await writeAtomically(mark, hash);
}
