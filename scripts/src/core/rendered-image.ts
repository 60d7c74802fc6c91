import { dirname, join } from 'node:path/posix';
import { UserError } from './errors.ts';
import { wantedWorkloads } from './outcome/workload.ts';
import type { RenderRequest } from './rendering.ts';
import { parseYaml } from './yaml.ts';

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
    if (usesBase(request) || !runsInBase(request)) return;
    throw new UserError(`nothing of ${app} runs in ${environment}, though its base has a container of "${service}"`, {
      hint: `name ../../base among the resources of apps/${app}/overlays/${environment}/kustomization.yaml`,
    });
  }
  throw new UserError(
    `no container of ${app} in ${environment} runs the image of its release: "${service}" is none of ${[...new Set(found)].join(', ')}`,
    { hint: `call the image "${service}" in apps/${app}/base, without a tag` },
  );
}

/** Whether a kustomization of the overlay names the base; what runs there it may then take away, which the gate `deletion` asks about. */
function usesBase({ app, environment, overlay }: RenderRequest): boolean {
  const folder = `apps/${app}/overlays/${environment}/`;
  return [...overlay.texts].some(([path, text]) => {
    if (!path.startsWith(folder) || !path.endsWith('/kustomization.yaml')) return false;
    const { resources, bases } = (parseYaml(text, path) ?? {}) as { resources?: unknown; bases?: unknown };
    const named = [resources, bases].flatMap((each) => (Array.isArray(each) ? each.map(String) : []));
    return named.some((each) => join(dirname(path), each).replace(/\/$/, '') === `apps/${app}/base`);
  });
}

function runsInBase({ app, service, manifests }: RenderRequest): boolean {
  const image = new RegExp(`^ *(?:- )?image: ["']?${service}["']?(\\s|$)`, 'm');
  return [...manifests.texts].some(([path, text]) => path.startsWith(`apps/${app}/base/`) && image.test(text));
}
