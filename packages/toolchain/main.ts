import { join } from 'node:path';
import { ensureTool, readPin, stateFolder, ToolError } from './src/index.ts';

const { argv, env, stderr } = process;

/** `pnpm run tools`: makes the pinned tools that are named where they are missing, and says from where each came. */
const options = { root: join(import.meta.dirname, '../..'), state: stateFolder(env), env };
const names = argv.slice(2);

async function attempt(exit: number, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    stderr.write(`error: ${error.message}\n  ${error.hint}\n`);
    process.exitCode = exit;
  }
}

// A wrong name is said before the others take minutes.
for (const name of names) await attempt(2, () => readPin(options.root, name));
for (const name of process.exitCode === undefined ? names : []) {
  await attempt(1, async () => {
    const { version, source } = await ensureTool(name, options);
    stderr.write(`${name} ${version}: ${source}\n`);
  });
}
