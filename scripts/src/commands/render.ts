import { writeText } from '../adapters/file.ts';
import { openRenderCache } from '../adapters/render-cache.ts';
import type { Context } from '../context.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { findApp, findEnvironment, imageOf, namespaceOf } from '../core/graph.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { renderer, renderReleases } from '../steps/render.ts';
import { branchState } from '../steps/branches.ts';
import { openRepository, remoteRefs, type Repository } from '../steps/repository.ts';
import { createSources } from '../steps/sources.ts';

export interface RenderOptions {
  env?: string | undefined;
  all?: boolean | undefined;
  out?: string | undefined;
  remote?: string | undefined;
  landed?: boolean | undefined;
  json?: boolean | undefined;
}

type Release = Omit<ReleaseFile, 'intent'>;

/** Prints what apps render to in environments, or writes it to a folder. Gives the exit code. */
export async function render(context: Context, app: string | undefined, options: RenderOptions): Promise<number> {
  if ((app === undefined) === (options.all !== true)) {
    throw new UserError(app === undefined ? 'no app was named' : `both ${app} and --all were named`, {
      hint: 'pnpm run render <app> --env <environment>, or pnpm run render --all',
      exit: 'usage',
    });
  }
  if (app !== undefined && options.env === undefined) {
    throw new UserError('no environment was named', { hint: `pnpm run render ${app} --env dev`, exit: 'usage' });
  }
  const repository = await openRepository(context, { remote: options.remote, atHead: options.landed !== true });
  const { git, config } = repository;
  const environments = options.env === undefined ? config.environments : [findEnvironment(config, options.env)];
  const apps = app === undefined ? Object.keys(config.apps) : [app];
  for (const each of apps) findApp(config, each);
  const found = await Promise.all(
    environments.map(({ name }) => releasesIn(repository, name, apps, options.landed === true)),
  );
  const releases = found.flat();
  if (app !== undefined && releases.every((each) => each.digest === unbuilt.digest)) {
    throw new UserError(`${app} has no release in ${options.env}, so there is no image to render it with`, {
      hint: 'pnpm run status shows where it is; git push delivers it to the first environment',
    });
  }
  const cache = await openRenderCache(git, context.clock.now());
  const wanted = releases.map((release) => ({ release, replaced: undefined }));
  const manifests = await renderReleases(config, wanted, createSources(git), cache);
  const rendered = releases.map((release, index) => ({ release, manifests: manifests[index] ?? '' }));
  if (options.out !== undefined) await writeOut(context, options.out, rendered);
  if (options.json === true) {
    context.stdout.write(`${JSON.stringify(app === undefined ? rendered : rendered[0], null, 2)}\n`);
  } else if (options.out === undefined) context.stdout.write(manifests.join('---\n'));
  else context.stdout.write(`${rendered.length} renderings in ${options.out}\n`);
  return exitCodes.done;
}

/** Stands for the image of an app that an environment has never had; the same at every revision. */
const unbuilt = { tag: '000000000000-0', digest: `sha256:${'0'.repeat(64)}`, imageRevision: '0'.repeat(40) };

/** The releases of some apps that an environment runs, as they landed or with the bases and overlays of this revision. */
async function releasesIn(
  { git, remote, config, main }: Repository,
  name: string,
  apps: readonly string[],
  landed: boolean,
): Promise<Release[]> {
  const state = await branchState(git, name, remoteRefs(remote), apps);
  const environment = findEnvironment(config, name);
  return apps.flatMap((app): Release[] => {
    const running = state.releases.get(app);
    if (landed) return running === undefined ? [] : [running];
    const image = running ?? {
      image: imageOf(config, app),
      ...unbuilt,
      release: '0'.repeat(12),
      inputs: { image: '0'.repeat(16), manifests: '0'.repeat(16), overlay: '0'.repeat(16) },
      renderer,
    };
    return [
      {
        ...image,
        app,
        environment: name,
        cluster: environment.cluster,
        namespace: namespaceOf(environment, app),
        strategy: findApp(config, app).strategy,
        manifestRevision: main.revision,
        overlayRevision: main.revision,
      },
    ];
  });
}

async function writeOut(
  context: Context,
  folder: string,
  rendered: readonly { release: Release; manifests: string }[],
): Promise<void> {
  for (const { release, manifests } of rendered) {
    await writeText(context.cwd, `${folder}/${release.environment}/${release.app}.yaml`, manifests);
  }
}
