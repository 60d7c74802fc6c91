import { addComponent } from './add-component.ts';
import type { Strategy } from './config.ts';
import { UserError } from './errors.ts';
import { strategyFolder } from './inputs.ts';
import type { Snapshot } from './snapshot.ts';

/** What is rendered: an app for an environment, of which image, from which revisions of main. */
export interface RenderRequest {
  app: string;
  environment: string;
  namespace: string;
  strategy: Strategy;
  /** The name that base manifests use for the image. */
  service: string;
  image: string;
  tag: string;
  digest: string;
  /** Base, components and strategy. */
  manifests: Snapshot;
  /** The environment's overlay. */
  overlay: Snapshot;
}

/** The folder in a layout that `kustomize build` starts from. */
export const renderRoot = 'render';

/** The files that a rendering is made of, by path, as they are in Git; on top the namespace, the image and the version labels. */
export function gather(request: RenderRequest): Map<string, string> {
  const { app, environment } = request;
  const files = new Map<string, string>();
  for (const [path, text] of request.manifests.texts) {
    if (path.startsWith('apps/components/') || path.startsWith(`apps/${app}/base/`)) files.set(path, text);
  }
  for (const [path, text] of request.overlay.texts) {
    if (path.startsWith(`apps/${app}/overlays/${environment}/`)) files.set(path, text);
  }
  files.set(`${renderRoot}/kustomization.yaml`, topKustomization(request));
  return files;
}

/**
 * The files that `kustomize build render` needs, by path: those that were gathered, the base with the strategy as one more
 * component, so that an overlay can patch what the strategy made.
 * `edited` keeps bases with their strategy, for many renderings of them.
 */
export function layOut(
  request: RenderRequest,
  gathered: ReadonlyMap<string, string> = gather(request),
  edited = new Map<string, string>(),
): Map<string, string> {
  const base = `apps/${request.app}/base/kustomization.yaml`;
  const text = gathered.get(base);
  if (text === undefined) {
    throw new UserError(`${base} does not exist at ${request.manifests.revision.slice(0, 12)}`, {
      hint: 'add it; apps/README.md shows what an app is made of',
    });
  }
  const key = `${request.strategy} ${text}`;
  const withStrategy =
    edited.get(key) ?? addComponent(base, text, strategyFolder(request.strategy).replace(/^apps/, '../..'));
  edited.set(key, withStrategy);
  return new Map([...gathered, [base, withStrategy]]);
}

/** The text of a kustomization that only Kustomize reads: JSON, which is YAML, a field a line, in a hundredth of the time. */
export function kustomizationText(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

function topKustomization(request: RenderRequest): string {
  return kustomizationText({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [`../apps/${request.app}/overlays/${request.environment}`],
    // The order of the files, which a batch keeps as well.
    sortOptions: { order: 'fifo' },
    namespace: request.namespace,
    images: [{ name: request.service, newName: request.image, newTag: request.tag, digest: request.digest }],
    labels: [
      {
        pairs: { 'app.kubernetes.io/version': request.tag },
        fields: [
          { group: 'apps', kind: 'Deployment', path: 'metadata/labels', create: true },
          { group: 'apps', kind: 'Deployment', path: 'spec/template/metadata/labels', create: true },
          { group: 'batch', kind: 'Job', path: 'metadata/labels', create: true },
          { group: 'batch', kind: 'Job', path: 'spec/template/metadata/labels', create: true },
          { group: 'batch', kind: 'CronJob', path: 'metadata/labels', create: true },
          { group: 'batch', kind: 'CronJob', path: 'spec/jobTemplate/spec/template/metadata/labels', create: true },
          { group: 'argoproj.io', kind: 'Rollout', path: 'metadata/labels', create: true },
          { group: 'argoproj.io', kind: 'Rollout', path: 'spec/template/metadata/labels', create: true },
        ],
      },
    ],
  });
}
