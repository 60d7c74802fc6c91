export { kustomizePath, type KustomizeOptions } from './path.ts';
