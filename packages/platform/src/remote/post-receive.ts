import { parseArgs } from 'node:util';
import { exitCodes } from '@sluice/scripts/errors';
import { complaint } from './complaint.ts';
import { remoteLayout } from './layout.ts';
import { startRunner } from './start-runner.ts';
import { streamDelivery } from './stream.ts';

/**
 * What the post-receive hook runs after main has moved: `--repository <path> --commit <id>` starts the pipeline and streams
 * it to standard error, which Git passes to the pusher; `--no-stream` only starts it; `--version` shows that it loads.
 */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      repository: { type: 'string', default: '' },
      commit: { type: 'string', default: '' },
      'no-stream': { type: 'boolean' },
      version: { type: 'boolean' },
    },
  });
  if (values.version === true) return;
  const layout = remoteLayout(values.repository);
  if (values['no-stream'] === true) {
    await startRunner(layout, process.env);
    return;
  }
  // The pusher has gone: the stream ends, the pipeline goes on.
  process.stderr.on('error', () => process.exit(0));
  process.exitCode = await streamDelivery({
    layout,
    commit: values.commit,
    env: process.env,
    write: (bytes) => void process.stderr.write(bytes),
  });
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(
      `${complaint(error)}\nsluice: main is accepted but not delivered (exit ${exitCodes.failed})\n`,
    );
    process.exitCode = exitCodes.failed;
  });
}
