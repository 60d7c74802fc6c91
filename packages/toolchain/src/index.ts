export { emptyBuildCaches } from './caches.ts';
export { ensureFiles, ensureTool, findTool } from './ensure.ts';
export { ToolError } from './errors.ts';
export { stateFolder } from './folders.ts';
export { tryLock } from './lock.ts';
export { readPin, readPins, type Pin, type Pins } from './pins.ts';
export type { Arch, InstalledTool, Source, ToolchainOptions, ToolEvent } from './types.ts';
