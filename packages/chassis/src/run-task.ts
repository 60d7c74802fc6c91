import { pino, type Logger } from 'pino';
import { ConfigError } from './environment.ts';
import { identityOf } from './identity.ts';
import { logOptions, logOutput } from './logs.ts';
import type { ServiceConfig } from './settings.ts';

/**
 * The process around something that a service does once, as a Job runs it: reads the service's configuration, ends with
 * 0 when the task is done, and with 1 when it fails, which is logged. Wrong settings are one message on stderr.
 */
export async function runTask<Config extends ServiceConfig>(
  readConfig: (env: NodeJS.ProcessEnv) => Config,
  task: (config: Config, log: Logger) => Promise<void>,
): Promise<void> {
  // The first process of a container is not ended by a signal that it does not handle.
  process.once('SIGTERM', () => process.exit(143));
  try {
    const config = readConfig(process.env);
    const log = pino(logOptions(identityOf(config), config.LOG_LEVEL), logOutput());
    await task(config, log).catch((err: unknown) => {
      log.fatal({ err }, 'the task failed');
      process.exitCode = 1;
    });
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.message : String((error as Error).stack)}\n`);
    process.exitCode = 1;
  }
}
