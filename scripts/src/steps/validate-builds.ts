import { kustomizeBuild } from '../adapters/kustomize.ts';
import type { RenderCache } from '../adapters/render-cache.ts';
import type { Config } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { findApp, imageOf, namespaceOf } from '../core/graph.ts';
import { strategyFolder } from '../core/inputs.ts';
import { renderKey } from '../core/render-batch.ts';
import { closureOf } from '../core/validate/kustomizations.ts';
import type { Subject } from '../core/validate/policy.ts';
import { partsOf, type Files, type Part } from '../core/validate/sources.ts';
import { renderer, renderReleases, type ToRender } from './render.ts';
import type { Sources } from './sources.ts';

/** Something that was rendered to be judged, or could not be. */
export interface Rendering extends Pick<Subject, 'app' | 'environment'> {
  /** The kustomization that it starts from. */
  root: string;
  /** What has a say where nothing else has; its kustomization.yaml unless it is something else. */
  file?: string;
  text: string;
  failure?: UserError;
  /** Whether it is only manifests as they are, since what belongs to them is not there: their fields can be judged, and nothing else. */
  raw?: boolean;
  /** What it was made of. */
  parts(): Part[];
}

/** The file that a problem is in where none that it was made of has it. */
export function fileOf({ root, file = `${root}/kustomization.yaml` }: Pick<Rendering, 'root' | 'file'>): string {
  return file;
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
      image: imageOf(config, app),
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

/** What each kustomization of the platform makes, without the files of upstream that Git does not have. */
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
    ...(texts[index] ?? { text: '' }),
    parts: () => partsOf(files, root, undefined),
  }));
}

async function renderRoot(
  files: Files,
  root: string,
  cache: RenderCache | undefined,
): Promise<Pick<Rendering, 'text' | 'failure' | 'raw'>> {
  try {
    const closure = closureOf(files, root);
    const key = renderKey(new Map([...closure.files, ['root', root]]), [renderer]);
    const kept = await cache?.get(key);
    const text = kept ?? (await buildOrTake(closure, files, root));
    if (kept === undefined) await cache?.put(key, text);
    return text.startsWith(rawMark) ? { text: text.slice(rawMark.length), raw: true } : { text };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { text: '', failure: error };
  }
}

/** What is built; where that fails for want of files, which patches may be about, the manifests as they are, marked as such. */
async function buildOrTake(closure: ReturnType<typeof closureOf>, files: Files, root: string): Promise<string> {
  try {
    return await kustomizeBuild(closure.files, root);
  } catch (error) {
    if (!(error instanceof UserError) || closure.missing.length === 0) throw error;
    return rawMark + ownManifests(files, root);
  }
}

const rawMark = '# Not built: files that it names are not in Git.\n';

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
