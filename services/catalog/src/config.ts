import { readEnvironment, serviceSettings, type ServiceConfig } from '@sluice/chassis';

const service = 'catalog';

/** @throws ConfigError listing every wrong variable. */
export function readConfig(env: NodeJS.ProcessEnv): ServiceConfig {
  return { service, ...readEnvironment(service, serviceSettings, env) };
}
