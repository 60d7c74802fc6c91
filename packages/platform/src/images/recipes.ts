import type { ImageName } from '../components.ts';

/** What a Containerfile copies from besides tools: the host's CA bundle, the project's Node.js, npm packages. */
export type Ingredient = 'certificates' | 'nodejs' | 'packages';

export interface Recipe {
  /** Repository below the registry. */
  name: string;
  /** Folder below infrastructure/local/images. */
  folder: string;
  /** Tools whose binaries it holds; the first one's version is in its tag, else that of Node.js, else Debian's. */
  tools: readonly string[];
  ingredients: readonly Ingredient[];
  /** Built on the Debian image, which the build argument DEBIAN names. */
  onDebian: boolean;
  /** A tag besides the one by content, for references that cannot know it; `version` is the first tool's. */
  alias?: 'latest' | 'version';
}

/** What is built for each name. */
export const recipes: Record<ImageName, readonly Recipe[]> = {
  // containerd's configuration names this one before a tag by content can be known.
  pause: [{ ...single('pause'), ingredients: [], alias: 'version' }],
  coredns: [single('coredns')],
  'metrics-server': [single('metrics-server')],
  'argo-rollouts': [single('argo-rollouts')],
  traefik: [single('traefik')],
  prometheus: [single('prometheus')],
  argocd: [{ ...single('argocd'), tools: ['argocd', 'kustomize'], ingredients: [], onDebian: true }],
  postgresql: [{ ...single('postgresql'), tools: [], ingredients: [], onDebian: true }],
  base: [
    {
      name: 'base/node',
      folder: 'node',
      tools: [],
      ingredients: ['certificates', 'nodejs'],
      onDebian: true,
      alias: 'latest',
    },
    {
      name: 'base/node-build',
      folder: 'node-build',
      tools: [],
      ingredients: ['nodejs', 'packages'],
      onDebian: true,
      alias: 'latest',
    },
  ],
};

function single(tool: string): Recipe {
  return { name: `platform/${tool}`, folder: tool, tools: [tool], ingredients: ['certificates'], onDebian: false };
}
