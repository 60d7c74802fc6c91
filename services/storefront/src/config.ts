import { readEnvironment, serviceSettings, share, wholeNumber, type ServiceConfig } from '@sluice/chassis';
import * as z from 'zod';

const service = 'storefront';

/** Share of requests that fail on purpose, 0 to 1. Raise it to 0.3 for a version that a canary must reject. */
const defaultErrorRate = 0;

const settings = serviceSettings.extend({
  FAULT_ERROR_RATE: share().default(defaultErrorRate),
  CATALOG_URL: z
    .url({ protocol: /^https?$/, error: 'expected a URL such as http://catalog:8080' })
    .default('http://localhost:8081'),
  /** How long the catalog may take to answer, retries included. */
  CATALOG_TIMEOUT_MS: wholeNumber(1, 60_000).default(1_000),
});

export type Config = ServiceConfig & z.infer<typeof settings>;

/** @throws ConfigError listing every wrong variable. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return { service, ...readEnvironment(service, settings, env) };
}
