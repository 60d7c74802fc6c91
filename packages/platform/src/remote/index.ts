export { ensureRemote } from './ensure-remote.ts';
export { deliverFirst, stopPipeline } from './pipeline.ts';
export { reconcilerProcess } from './reconciler.ts';
