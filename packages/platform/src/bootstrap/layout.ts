import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import type { ImageReference } from '../images/index.ts';
import type { ComponentManifests } from './components.ts';

/** How a component's manifests are laid out in a folder of their own. */
export interface Layout {
  /** Folders to copy, from the repository to the same place. */
  folders: readonly string[];
  /** Upstream files to copy, from the path in the tool's files. */
  upstream: readonly { from: string; to: string }[];
  /** Files to write, text by path; the first that kustomize reads is kustomization.yaml. */
  generated: Readonly<Record<string, string>>;
}

export interface LayoutInput {
  /** The component's image, where it has one. */
  image?: ImageReference | undefined;
  /** Whether that is one built here. */
  localImages: boolean;
  /** Values for the `platform.env` beside the component's entry, where it has any. */
  settings?: Readonly<Record<string, string>>;
}

/** Plans a component's folder; pure. */
export function planLayout(manifests: ComponentManifests, { image, localImages, settings }: LayoutInput): Layout {
  const { upstream, localImages: component } = manifests;
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [manifests.entry],
    ...(localImages && component !== undefined ? { components: [component] } : {}),
    ...(image === undefined ? {} : { images: manifests.images.map((name) => ({ name, ...image })) }),
  };
  return {
    folders: manifests.folders,
    upstream: (upstream?.files ?? []).map((from) => ({ from, to: join(upstream?.into ?? '', basename(from)) })),
    generated: {
      'kustomization.yaml': stringify(kustomization),
      ...(settings === undefined ? {} : { [join(manifests.entry, 'platform.env')]: envFile(settings) }),
    },
  };
}

function envFile(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
