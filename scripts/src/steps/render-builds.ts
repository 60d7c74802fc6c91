import { kustomizeBuild } from '../adapters/kustomize.ts';
import { UserError } from '../core/errors.ts';
import { withMergeKeys } from '../core/merge-keys.ts';
import { refuseOutside, type Named } from '../core/references.ts';
import { layOutBatch, splitBatch } from '../core/render-batch.ts';
import { requireImage } from '../core/rendered-image.ts';
import { renderRoot, type RenderRequest } from '../core/rendering.ts';

/** What one kustomize process renders: beyond some tens it takes longer for each. */
const batchSize = 25;

/** What is rendered, and from which files. */
export interface Build {
  request: RenderRequest;
  files: ReadonlyMap<string, string>;
}

/** Renders several in few processes, and gives what each renders to. Throws what renderOne throws, of several in one UserError. */
export async function renderBuilds(builds: readonly Build[]): Promise<string[]> {
  const known = new Map<string, Named>();
  const size = Math.min(batchSize, Math.ceil(builds.length / 2));
  const rendered = await Promise.all(batches(builds, size).map((each) => renderBatch(each, known)));
  return valuesOf(rendered.flat());
}

/** One process for all; one for each where they cannot stand together, such as equal names in one namespace. */
async function renderBatch(
  builds: readonly Build[],
  known: Map<string, Named>,
): Promise<PromiseSettledResult<string>[]> {
  if (builds.length > 1) {
    try {
      for (const { request, files } of builds) refuseOutside(files, request.service, known);
      const all = layOutBatch(builds.map(({ files }) => files));
      const together = splitBatch(await kustomizeBuild(withMergeKeys(all), renderRoot), builds.length);
      if (together !== undefined) {
        for (const [index, { request }] of builds.entries()) requireImage(request, together[index] ?? '');
        return together.map((value) => ({ status: 'fulfilled', value }));
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return Promise.allSettled(builds.map((each) => renderOne(each, known)));
}

/** Renders one by itself. Throws UserError where it may not be rendered or cannot be. */
export async function renderOne({ request, files }: Build, known?: Map<string, Named>): Promise<string> {
  refuseOutside(files, request.service, known);
  const rendered = await kustomizeBuild(withMergeKeys(files), renderRoot);
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

function batches<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
