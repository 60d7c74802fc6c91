import { kustomizeBuild } from '../adapters/kustomize.ts';
import type { RenderCache } from '../adapters/render-cache.ts';
import type { Config } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { findApp, namespaceOf, serviceOf } from '../core/graph.ts';
import { strategyFolder } from '../core/inputs.ts';
import { renderKey } from '../core/render-batch.ts';
import { closureOf } from '../core/validate/kustomizations.ts';
import type { Subject } from '../core/validate/policy.ts';
import { partsOf, type Files, type Part } from '../core/validate/sources.ts';
import { renderer, renderReleases, type ToRender } from './render.ts';
import type { Sources } from './repository.ts';

/** Something that was rendered to be judged, or could not be. */
export interface Rendering extends Pick<Subject, 'app' | 'environment'> {
  /** The kustomization that it starts from. */
  root: string;
  text: string;
  failure?: UserError;
  /** What it was made of. */
  parts(): Part[];
}

/** Stands for the image that an app will have: the name and a digest are what the renderer always writes. */
const image = { tag: '000000000000-0', digest: `sha256:${'0'.repeat(64)}`, imageRevision: '0'.repeat(40) };

/** Every one of some apps in every one of some environments, as the renderer would write them from these files. */
export async function renderApps(
  files: Files,
  config: Config,
  wanted: readonly { app: string; environment: Config['environments'][number] }[],
  cache: RenderCache | undefined,
): Promise<Rendering[]> {
  const sources = sourcesOf(files);
  const releases = wanted.map(({ app, environment }): ToRender => ({
    release: {
      ...image,
      app,
      environment: environment.name,
      cluster: environment.cluster,
      namespace: namespaceOf(environment, app),
      strategy: findApp(config, app).strategy,
      image: `${config.registry}/${serviceOf(config, app)}`,
      release: '0'.repeat(12),
      manifestRevision: 'work-tree',
      overlayRevision: 'work-tree',
      inputs: { image: '', manifests: '', overlay: '' },
      renderer,
    },
    replaced: undefined,
  }));
  const texts = await renderAll(releases, (some) => renderReleases(config, some, sources, cache));
  return wanted.map(({ app, environment }, index) => {
    const root = `apps/${app}/overlays/${environment.name}`;
    const strategy = strategyFolder(findApp(config, app).strategy);
    return {
      app,
      environment,
      root,
      ...texted(texts[index]),
      parts: () => partsOf(files, root, { placeholder: 'app', name: app }, [strategy]),
    };
  });
}

/** What each kustomization of the platform makes. Those that need files of upstream give their own manifests as they are. */
export async function renderPlatform(files: Files, cache: RenderCache | undefined): Promise<Rendering[]> {
  const roots = [...files]
    .filter(
      ([path, text]) =>
        /^(argocd|infrastructure)\/(.*\/)?kustomization\.yaml$/.test(path) && !/^kind: Component$/m.test(text),
    )
    .map(([path]) => path.slice(0, -'/kustomization.yaml'.length));
  const texts = await Promise.all(roots.map((root) => renderRoot(files, root, cache)));
  return roots.map((root, index) => ({
    app: undefined,
    environment: undefined,
    root,
    ...texted(texts[index]),
    parts: () => partsOf(files, root, undefined),
  }));
}

async function renderRoot(files: Files, root: string, cache: RenderCache | undefined): Promise<string | UserError> {
  try {
    const closure = closureOf(files, root);
    if (closure === undefined) return ownManifests(files, root);
    const key = renderKey(new Map([...closure, ['root', root]]), renderer);
    const kept = await cache?.get(key);
    if (kept !== undefined) return kept;
    const built = await kustomizeBuild(closure, root);
    await cache?.put(key, built);
    return built;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** The manifests beside a kustomization that it names. */
function ownManifests(files: Files, root: string): string {
  const text = files.get(`${root}/kustomization.yaml`) ?? '';
  const named = [...text.matchAll(/^ {2}- (\S+\.yaml)$/gm)].map(([, file = '']) => files.get(`${root}/${file}`) ?? '');
  return named.filter((each) => /^kind: /m.test(each) && /^apiVersion: /m.test(each)).join('\n---\n');
}

/** All at once; where one cannot be rendered each by itself, so that the others are judged all the same. */
async function renderAll(
  releases: readonly ToRender[],
  render: (some: readonly ToRender[]) => Promise<string[]>,
): Promise<(string | UserError)[]> {
  try {
    return await render(releases);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (releases.length === 1) return [error];
  }
  return (await Promise.all(releases.map((each) => renderAll([each], render)))).flat();
}

function texted(made: string | UserError | undefined): Pick<Rendering, 'text' | 'failure'> {
  return made instanceof UserError ? { text: '', failure: made } : { text: made ?? '' };
}

/** Gives what an app renders from out of files, whatever the revision. */
function sourcesOf(files: Files): Sources {
  const components = [...files].filter(([path]) => path.startsWith('apps/components/'));
  const own = Map.groupBy(files, ([path]) => /^apps\/([^/]+)\//.exec(path)?.[1] ?? '');
  return (revision, app) =>
    Promise.resolve({
      revision,
      tree: new Map(),
      folders: new Map(),
      texts: new Map([...components, ...(own.get(app) ?? [])]),
    });
}
