import { openRenderCache } from '../adapters/render-cache.ts';
import { codeVersion } from '../adapters/file.ts';
import { changedPaths, readWorkTree } from '../adapters/work-tree.ts';
import type { Git } from '../adapters/git.ts';
import type { Context } from '../context.ts';
import { configFile, type Config } from '../core/config.ts';
import { exitCodes } from '../core/errors.ts';
import { findApp, findEnvironment } from '../core/graph.ts';
import { configOfFiles } from '../steps/config.ts';
import { findRepository } from '../steps/repository.ts';
import { validate as judge, type ToValidate } from '../steps/validate.ts';
import { problemLines } from '../ui/problems.ts';

export interface ValidateOptions {
  env?: string | undefined;
  changed?: boolean | undefined;
  charts?: boolean | undefined;
  server?: boolean | undefined;
  json?: boolean | undefined;
}

/** Judges every manifest as the files are now, committed or not, and prints everything that is wrong with them. Gives the exit code. */
export async function validate(context: Context, named: readonly string[], options: ValidateOptions): Promise<number> {
  const { folder, git } = await findRepository(context);
  const files = await readWorkTree(git, folder, ['apps', 'argocd', 'infrastructure', configFile]);
  const config = await configOfFiles(files, folder);
  for (const each of named) findApp(config, each);
  const scope =
    options.changed === true ? await changedIn(git, config) : { apps: Object.keys(config.apps), platform: true };
  const apps = named.length === 0 ? scope.apps : scope.apps.filter((each) => named.includes(each));
  const began = context.clock.now().getTime();
  const { problems, renderings, objects } = await judge({
    files,
    config,
    apps,
    environments: options.env === undefined ? config.environments : [findEnvironment(config, options.env)],
    platform: scope.platform && named.length === 0 && options.env === undefined,
    today: context.clock.now().toISOString().slice(0, 10),
    cache: await openRenderCache(git, context.clock.now()),
    version: codeVersion(),
    charts: options.charts === true ? await chartRenderer(context, folder) : undefined,
    server: options.server === true ? await serverJudge(context, folder, config) : undefined,
  });
  const milliseconds = context.clock.now().getTime() - began;
  if (options.json === true)
    context.stdout.write(`${JSON.stringify({ problems, renderings, objects, milliseconds }, null, 2)}\n`);
  else context.stdout.write(problemLines(problems));
  const outcome =
    problems.length === 0 ? 'nothing wrong' : `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
  context.stderr.write(`${outcome} in ${objects} objects of ${renderings} renderings (${milliseconds} ms)\n`);
  return problems.length === 0 ? exitCodes.done : exitCodes.failed;
}

/** What differs from where this branch left main. */
async function changedIn(git: Git, config: Config): Promise<{ apps: string[]; platform: boolean }> {
  const paths = await changedPaths(git, await findDeparture(git));
  const platform = paths.some((path) => /^(argocd|infrastructure)\//.test(path));
  // Apps are judged beside what the platform brings: projects, admission, and what they refer to.
  const everything = platform || paths.some((path) => path === configFile || path.startsWith('apps/components/'));
  const apps = Object.keys(config.apps).filter(
    (app) => everything || paths.some((path) => path.startsWith(`apps/${app}/`)),
  );
  return { apps, platform };
}

/** Where this branch left main: the one that people share, else that of the local platform; where neither is known, HEAD. */
async function findDeparture(git: Git): Promise<string> {
  for (const main of ['origin/main', 'local/main']) {
    const base = await git.run(['merge-base', 'HEAD', `refs/remotes/${main}`], { nothrow: true });
    if (base.code === 0) return base.stdout.trim();
  }
  return 'HEAD';
}

/** Loaded only when it is asked for: the toolchain takes a while. */
async function chartRenderer({ env }: Context, folder: string): Promise<ToValidate['charts']> {
  const { renderCharts } = await import('../steps/validate-charts.ts');
  return (files) => renderCharts(folder, env, files);
}

/** Loaded only when it is asked for: the client of the API server and the toolchain take a while. */
async function serverJudge(context: Context, folder: string, config: Config): Promise<ToValidate['server']> {
  const { startServerJudge } = await import('../steps/validate-server.ts');
  return (renderings) => startServerJudge(folder, context.env, config, renderings);
}
