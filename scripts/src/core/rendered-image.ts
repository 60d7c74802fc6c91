import { UserError } from './errors.ts';
import { wantedWorkloads } from './outcome/workload.ts';
import type { RenderRequest } from './rendering.ts';

/**
 * Refuses a rendering in which containers run and none of them runs the image of the release: Kustomize says nothing
 * where no image has the name that it looks for. Throws UserError with the images that are there.
 */
export function requireImage(request: RenderRequest, rendered: string): void {
  const { app, environment, namespace, service, digest } = request;
  if (new RegExp(`^ *(?:- )?image: \\S+@${digest}$`, 'm').test(rendered)) return;
  const found = wantedWorkloads(rendered, namespace, `${app} in ${environment}`).flatMap(({ images }) => images);
  if (found.length === 0) return;
  throw new UserError(
    `no container of ${app} in ${environment} runs the image of its release: "${service}" is none of ${[...new Set(found)].join(', ')}`,
    { hint: `call the image "${service}" in apps/${app}/base, without a tag` },
  );
}
