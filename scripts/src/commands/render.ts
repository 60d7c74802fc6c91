import type { Context } from '../context.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { findApp, findEnvironment } from '../core/graph.ts';
import { renderRelease } from '../steps/render.ts';
import { branchState, createSources, openRepository, remoteRefs } from '../steps/repository.ts';

export interface RenderOptions {
  env: string;
  remote?: string | undefined;
  landed?: boolean | undefined;
  json?: boolean | undefined;
}

/** Prints what an app renders to in an environment. Gives the exit code. */
export async function render(context: Context, app: string, options: RenderOptions): Promise<number> {
  const { git, remote, config, main } = await openRepository(context, {
    remote: options.remote,
    atHead: options.landed !== true,
  });
  findApp(config, app);
  const environment = findEnvironment(config, options.env);
  const state = await branchState(git, environment.name, remoteRefs(remote));
  const running = state.releases.get(app);
  if (running === undefined) {
    throw new UserError(`${app} has no release in ${environment.name}, so there is no image to render it with`, {
      hint: 'pnpm run status shows where it is; git push delivers it to the first environment',
    });
  }
  const { strategy } = findApp(config, app);
  const atHead = { ...running, strategy, manifestRevision: main.revision, overlayRevision: main.revision };
  const release = options.landed === true ? running : atHead;
  const manifests = await renderRelease(config, release, createSources(git), undefined);
  context.stdout.write(options.json === true ? `${JSON.stringify({ release, manifests }, null, 2)}\n` : manifests);
  return exitCodes.done;
}
