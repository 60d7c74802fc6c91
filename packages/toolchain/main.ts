import { join } from 'node:path';
import { ensureTool, stateFolder, ToolError } from './src/index.ts';

const { argv, env, stderr } = process;

/** `pnpm run tools`: makes the pinned tools that are named where they are missing, and says from where each came. */
for (const name of argv.slice(2)) {
  try {
    const options = { root: join(import.meta.dirname, '../..'), state: stateFolder(env), env };
    const { version, source } = await ensureTool(name, options);
    stderr.write(`${name} ${version}: ${source}\n`);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    stderr.write(`error: ${error.message}\n  ${error.hint}\n`);
    process.exitCode = 1;
  }
}
