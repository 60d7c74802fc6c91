import { resolve } from 'node:path';
import { retry, runTask } from '@sluice/chassis';
import { readConfig } from './config.ts';
import { isUnavailable } from './database.ts';
import { migrate } from './migrations.ts';

/** In the folder that it is run in: that of the service, and /app in its image. */
const folder = resolve('migrations');

/** Brings the database up to this version, and waits for it: at a first start both begin at once. */
await runTask(readConfig, async (config, log) => {
  const ran = await retry(() => migrate(config, folder, log), {
    retries: 8,
    firstWaitMs: 500,
    longestWaitMs: 10_000,
    worthIt: isUnavailable,
    onRetry: (err, waitMs) => log.warn({ err, wait_ms: waitMs }, 'the database cannot be migrated yet'),
  });
  log.info({ migrations: ran }, ran.length === 0 ? 'nothing to migrate' : 'migrated');
});
