import { codeVersion } from '../adapters/file.ts';
import type { RenderCache } from '../adapters/render-cache.ts';
import { carryConfigMaps } from '../core/carry.ts';
import type { Config } from '../core/config.ts';
import { serviceOf } from '../core/graph.ts';
import { mergedAs } from '../core/merge-keys.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { renderKey } from '../core/render-batch.ts';
import { gather, layOut, type RenderRequest } from '../core/rendering.ts';
import { digestOf } from '../core/snapshot.ts';
import { renderBuilds, renderOne, type Build } from './render-builds.ts';
import type { Sources } from './sources.ts';

/** The renderer's name in release.yaml: another version may write other bytes. */
export const renderer = `kustomize v5.8.1, ${mergedAs}`;

/** A release to render, with the manifests that it replaces. */
export interface ToRender {
  release: Omit<ReleaseFile, 'intent'>;
  replaced: string | undefined;
}

/**
 * The manifests of a release in an environment, with what it has to carry of the manifests that it replaces.
 * `sources` gives what it renders from; see createSources.
 */
export async function renderRelease(
  config: Config,
  release: ToRender['release'],
  sources: Sources,
  replaced: string | undefined,
): Promise<string> {
  const request = await requestOf(config, release, sources);
  return carryConfigMaps(await renderOne({ request, files: layOut(request) }), replaced);
}

/**
 * The manifests of several releases, in their order, byte for byte as renderRelease gives them, in few processes.
 * What a cache has is not rendered again. Throws what renderRelease throws, or for several that cannot be rendered one UserError with what it says of each.
 */
export async function renderReleases(
  config: Config,
  wanted: readonly ToRender[],
  sources: Sources,
  cache?: RenderCache,
): Promise<string[]> {
  const bases = new Map<string, string>();
  const requests = await Promise.all(wanted.map(({ release }) => requestOf(config, release, sources)));
  const gathered = requests.map(gather);
  // How the strategy is added is this code's to decide, so what other code has rendered is rendered again.
  const keys = gathered.map((files, index) =>
    renderKey(files, [renderer, requests[index]?.strategy ?? '', codeVersion() ?? '']),
  );
  const kept = cache === undefined ? [] : await Promise.all(keys.map((key) => cache.get(key)));
  const missing = requests.flatMap((request, index): Build[] =>
    kept[index] === undefined ? [{ request, files: layOut(request, gathered[index], bases) }] : [],
  );
  const rendered = await renderBuilds(missing);
  const texts = requests.map((_, index) => kept[index] ?? rendered.shift() ?? '');
  if (cache !== undefined) {
    const fresh = keys.filter((_, index) => kept[index] === undefined);
    await Promise.all(fresh.map((key) => cache.put(key, texts[keys.indexOf(key)] ?? '')));
  }
  return texts.map((text, index) => carryConfigMaps(text, wanted[index]?.replaced));
}

/** Gives the manifests of a release, as renderRelease does. */
export type Renderer = (release: ToRender['release'], replaced: string | undefined) => Promise<string>;

/**
 * Renders each release once, however often it is asked for. Those that are known `ahead` are begun in few processes, and
 * awaited where they are asked for; what cannot be rendered fails there.
 */
export function createRenderer(
  config: Config,
  sources: Sources,
): { render: Renderer; ahead(wanted: readonly ToRender[]): void } {
  const known = new Map<string, Promise<string>>();
  function keep(release: ToRender['release'], replaced: string | undefined, rendering: Promise<string>): void {
    // Nobody may ever ask for it.
    rendering.catch(() => {});
    known.set(keyOf(release, replaced), rendering);
  }
  return {
    render(release, replaced) {
      const key = keyOf(release, replaced);
      if (!known.has(key)) keep(release, replaced, renderRelease(config, release, sources, replaced));
      return known.get(key) as Promise<string>;
    },
    ahead(wanted) {
      const all = renderReleases(config, wanted, sources);
      for (const [index, { release, replaced }] of wanted.entries()) {
        const own = all.then(
          (texts) => texts[index] ?? '',
          // Of several, which one cannot be rendered is said of that one.
          () => renderRelease(config, release, sources, replaced),
        );
        keep(release, replaced, own);
      }
    },
  };
}

function keyOf(release: ToRender['release'], replaced: string | undefined): string {
  return digestOf([JSON.stringify(release), replaced ?? '']);
}

async function requestOf(config: Config, release: ToRender['release'], sources: Sources): Promise<RenderRequest> {
  const { app, environment, namespace, strategy, image, tag, digest } = release;
  const [manifests, overlay] = await Promise.all([
    sources(release.manifestRevision, app),
    sources(release.overlayRevision, app),
  ]);
  const service = serviceOf(config, app);
  return { app, environment, namespace, strategy, service, image, tag, digest, manifests, overlay };
}
