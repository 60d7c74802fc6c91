import { UserError } from './errors.ts';
import { wantedWorkloads } from './outcome/workload.ts';
import type { RenderRequest } from './rendering.ts';

/**
 * Refuses a rendering in which no container runs the image of the release, unless nothing is to run: Kustomize says
 * nothing where no image has the name that it looks for, nor where an overlay leaves its base out. Throws UserError with
 * the images that are there.
 */
export function requireImage(request: RenderRequest, rendered: string): void {
  const { app, environment, namespace, service, digest } = request;
  if (new RegExp(`^ *(?:- )?image: \\S+@${digest}$`, 'm').test(rendered)) return;
  const found = wantedWorkloads(rendered, namespace, `${app} in ${environment}`).flatMap(({ images }) => images);
  if (found.length === 0) {
    if (!runsInBase(request)) return;
    throw new UserError(`nothing of ${app} runs in ${environment}, though its base has a container of "${service}"`, {
      hint: `name ../../base among the resources of apps/${app}/overlays/${environment}/kustomization.yaml`,
    });
  }
  throw new UserError(
    `no container of ${app} in ${environment} runs the image of its release: "${service}" is none of ${[...new Set(found)].join(', ')}`,
    { hint: `call the image "${service}" in apps/${app}/base, without a tag` },
  );
}

function runsInBase({ app, service, manifests }: RenderRequest): boolean {
  const image = new RegExp(`^ *(?:- )?image: ["']?${service}["']?(\\s|$)`, 'm');
  return [...manifests.texts].some(([path, text]) => path.startsWith(`apps/${app}/base/`) && image.test(text));
}
