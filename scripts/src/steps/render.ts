import { kustomizeBuild } from '../adapters/kustomize.ts';
import type { RenderCache } from '../adapters/render-cache.ts';
import { carryConfigMaps } from '../core/carry.ts';
import type { Config } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { serviceOf } from '../core/graph.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { layOutBatch, renderKey, splitBatch } from '../core/render-batch.ts';
import { refuseOutside } from '../core/references.ts';
import { requireImage } from '../core/rendered-image.ts';
import { layOut, renderRoot, type RenderRequest } from '../core/rendering.ts';
import { digestOf } from '../core/snapshot.ts';
import type { Sources } from './repository.ts';

/** The renderer's name in release.yaml: another version may write other bytes. */
export const renderer = 'kustomize v5.8.1';

/** What one kustomize process renders: beyond some tens it takes longer for each. */
const batchSize = 25;

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
  return carryConfigMaps(await renderOne(request), replaced);
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
  const requests = await Promise.all(wanted.map(({ release }) => requestOf(config, release, sources)));
  const keys = requests.map((request) => renderKey(request, renderer));
  const kept = cache === undefined ? [] : await Promise.all(keys.map((key) => cache.get(key)));
  const missing = requests.filter((_, index) => kept[index] === undefined);
  const checked = new Set<string>();
  const size = Math.min(batchSize, Math.ceil(missing.length / 2));
  const rendered = valuesOf(
    (await Promise.all(batches(missing, size).map((each) => renderBatch(each, checked)))).flat(),
  );
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
 * Renders each release once, however often it is asked for; those that are known `ahead` in few processes.
 * What cannot be rendered fails when it is asked for.
 */
export function createRenderer(
  config: Config,
  sources: Sources,
): { render: Renderer; ahead(wanted: readonly ToRender[]): Promise<void> } {
  const known = new Map<string, Promise<string>>();
  return {
    render(release, replaced) {
      const key = keyOf(release, replaced);
      const found = known.get(key) ?? renderRelease(config, release, sources, replaced);
      known.set(key, found);
      return found;
    },
    async ahead(wanted) {
      if (wanted.length < 2) return;
      try {
        const rendered = await renderReleases(config, wanted, sources);
        for (const [index, { release, replaced }] of wanted.entries()) {
          known.set(keyOf(release, replaced), Promise.resolve(rendered[index] ?? ''));
        }
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    },
  };
}

function keyOf(release: ToRender['release'], replaced: string | undefined): string {
  return digestOf([JSON.stringify(release), replaced ?? '']);
}

/** One process for all; one for each where they cannot stand together, such as equal names in one namespace. */
async function renderBatch(
  requests: readonly RenderRequest[],
  checked: Set<string>,
): Promise<PromiseSettledResult<string>[]> {
  if (requests.length > 1) {
    try {
      for (const request of requests) refuseOutside(layOut(request), request.service, checked);
      const together = splitBatch(await kustomizeBuild(layOutBatch(requests), renderRoot), requests.length);
      if (together !== undefined) {
        for (const [index, request] of requests.entries()) requireImage(request, together[index] ?? '');
        return together.map((value) => ({ status: 'fulfilled', value }));
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return Promise.allSettled(requests.map((request) => renderOne(request, checked)));
}

async function renderOne(request: RenderRequest, checked?: Set<string>): Promise<string> {
  const files = layOut(request);
  refuseOutside(files, request.service, checked);
  const rendered = await kustomizeBuild(files, renderRoot);
  requireImage(request, rendered);
  return rendered;
}

/** What was rendered; throws what went wrong, of several in one UserError. */
function valuesOf(rendered: readonly PromiseSettledResult<string>[]): string[] {
  const failures = rendered.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  const [first] = failures;
  if (failures.length === 0) return rendered.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const said = failures.flatMap((each) => (each instanceof UserError ? [`  ${each.message}`] : []));
  if (failures.length === 1 || said.length < failures.length) throw first;
  throw new UserError(`${failures.length} releases cannot be rendered\n${said.join('\n')}`, {
    hint: 'mend the files that are named',
  });
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

function batches<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
