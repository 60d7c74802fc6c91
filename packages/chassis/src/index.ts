export { createApp } from './app.ts';
export { Counter, Gauge, Histogram } from 'prom-client';
export { ConfigError, readEnvironment } from './environment.ts';
export type { Identity } from './identity.ts';
export { problem, problemSchema, type Problem } from './problem.ts';
export { runService } from './run-service.ts';
export { serviceSettings, share, wholeNumber, type ServiceConfig } from './settings.ts';
export { versionHeader } from './version.ts';
