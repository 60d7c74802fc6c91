import { join } from 'node:path';
import { lint, linters } from './linters.ts';

const root = join(import.meta.dirname, '..');
const { env, stdout, stderr } = process;

/**
 * `pnpm run lint:workflows`: prints what the linters of workflows find, and ends with 1 where that is something. One that
 * cannot be had here is left out and said; in GitHub Actions none may be.
 */
for (const linter of linters) {
  try {
    const found = await lint(linter, await linter.ensure(env), root);
    stdout.write(found);
    stderr.write(`${linter.name}: ${found === '' ? 'nothing wrong' : 'see above'}\n`);
    if (found !== '') process.exitCode = 1;
  } catch (error) {
    stderr.write(`${linter.name}: left out, ${error instanceof Error ? error.message : String(error)}\n`);
    if (env['GITHUB_ACTIONS'] === 'true') process.exitCode = 1;
  }
}
