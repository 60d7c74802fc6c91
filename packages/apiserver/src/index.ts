export { createClient, type Answer, type Client, type KubernetesObject } from './client.ts';
export { findBinaries, type Binaries, type Found } from './binaries.ts';
export { freePorts } from './ports.ts';
export { startApiServer, type ApiServer } from './start.ts';
