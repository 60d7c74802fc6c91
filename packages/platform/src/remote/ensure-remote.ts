import { withoutGitVariables } from './environment.ts';
import type { RemoteHost } from './host.ts';
import { remoteLayout } from './layout.ts';
import { ensureRepository, headOf } from './repository.ts';
import { installTool } from './tool.ts';

/**
 * Makes the local Git remote ready: the repository (see ensureRepository), and the tool that its hooks run, as it is at
 * the checkout's HEAD. Needs no part of the platform to run. Idempotent; `start` calls it under its lock.
 */
export async function ensureRemote(host: RemoteHost): Promise<void> {
  const commit = await headOf(host);
  await ensureRepository(host);
  await installTool(remoteLayout(host.paths.remote), {
    repository: host.root,
    commit,
    env: withoutGitVariables(host.env),
    say: host.progress.note,
  });
}
