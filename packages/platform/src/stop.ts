import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import type { Progress } from '@sluice/scripts/ui';
import { createDriver, readChoice } from './drivers/index.ts';
import type { Purge } from './drivers/driver.ts';
import { createHost, type HostOptions } from './host.ts';
import { acquireHostLock } from './host-lock.ts';
import { acquireLock } from './lock.ts';
import { stopPipeline } from './remote/index.ts';
import { purgeable, removable, type Paths } from './state.ts';

/** Stops the platform and leaves nothing of it on the host; `purge` says how much data goes with it. */
export async function stop(purge: Purge, hostOptions: HostOptions): Promise<void> {
  const { host } = await createHost(hostOptions);
  const { paths, progress } = host;
  const choice = await readChoice(paths);
  if (choice === undefined) progress.note(`nothing runs: there is no platform in ${paths.state}`);
  else {
    const hostLock = await acquireHostLock('stop', paths.state);
    const lock = await acquireLock(paths.lock, 'stop', paths.state);
    try {
      const driver = await createDriver(choice, paths, host.settings);
      const present = await driver.isPresent(host);
      await stopPipeline(host);
      if (present || purge !== 'none') await driver.down(host, { purge });
      progress.note(outcome(present, purge));
    } finally {
      progress.close();
      await lock.release();
      await hostLock.release();
    }
  }
  if (purge === 'all') await removeState(paths, progress);
}

/** Removes what is known by name, so that a state folder that was chosen badly keeps what else is in it. */
async function removeState(paths: Paths, progress: Progress): Promise<void> {
  for (const path of [...purgeable(paths), ...removable(paths)]) await rm(path, { recursive: true, force: true });
  if (!existsSync(paths.state)) return;
  const left = await readdir(paths.state);
  if (left.length === 0) await rmdir(paths.state);
  progress.note(left.length === 0 ? `removed ${paths.state}` : `kept in ${paths.state}: ${left.join(', ')}`);
}

function outcome(present: boolean, purge: Purge): string {
  const stopped = present ? 'stopped' : 'nothing runs';
  return purge === 'none' ? `${stopped}; \`pnpm start\` brings the same cluster back` : `${stopped}; data removed`;
}
