import { writeText } from '../adapters/file.ts';
import { installPackages } from '../adapters/packages.ts';
import { readWorkTree } from '../adapters/work-tree.ts';
import type { Context } from '../context.ts';
import { configFile } from '../core/config.ts';
import { exitCodes } from '../core/errors.ts';
import { planService } from '../core/new-service/plan.ts';
import { configOfFiles } from '../steps/config.ts';
import { findRepository } from '../steps/repository.ts';

export interface NewOptions {
  like?: string | undefined;
  dryRun?: boolean | undefined;
  install: boolean;
  json?: boolean | undefined;
}

/** Writes a new service with its app and its entry in the configuration, after printing what that is. Gives the exit code. */
export async function newService(context: Context, name: string, options: NewOptions): Promise<number> {
  const { folder, git } = await findRepository(context);
  const files = await readWorkTree(git, folder, ['apps', 'services', 'packages', configFile]);
  await configOfFiles(files, folder);
  const planned = planService(files, name, options.like);
  const paths = [...planned.keys()].toSorted();
  if (options.json === true)
    context.stdout.write(`${JSON.stringify({ name, files: Object.fromEntries(planned) }, null, 2)}\n`);
  else context.stdout.write(`${paths.map((path) => `${files.has(path) ? '~' : '+'} ${path}`).join('\n')}\n`);
  if (options.dryRun === true) return exitCodes.done;
  for (const [path, text] of planned) await writeText(folder, path, text);
  if (options.install) {
    context.stderr.write('linking its packages\n');
    await installPackages(folder, context.env);
  }
  context.stderr.write(`${name} is there, and nothing else may call it yet: apps/README.md has how.\n`);
  context.stderr.write(`Try: pnpm --filter @sluice/${name} test; pnpm run validate ${name}\n`);
  context.stderr.write(`Then: git add --all && git commit -m "Add ${name}" && git push\n`);
  return exitCodes.done;
}
