import { readEnvironment, serviceSettings, wholeNumber, type ServiceConfig } from '@sluice/chassis';
import type * as z from 'zod';

const service = 'orders';

const settings = serviceSettings.extend({
  /** How many orders are kept in memory; the oldest go first. */
  ORDERS_KEPT: wholeNumber(1, 1_000_000).default(10_000),
});

export type Config = ServiceConfig & z.infer<typeof settings>;

/** @throws ConfigError listing every wrong variable. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return { service, ...readEnvironment(service, settings, env) };
}
