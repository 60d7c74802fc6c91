export { ensureRemote } from './ensure-remote.ts';
export { deliverFirst, stopPipeline } from './pipeline.ts';
