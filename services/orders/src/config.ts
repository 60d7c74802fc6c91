import { readEnvironment, serviceSettings, wholeNumber, type ServiceConfig } from '@sluice/chassis';
import * as z from 'zod';

const service = 'orders';
const currencies = new Set(Intl.supportedValuesOf('currency'));

const settings = serviceSettings.extend({
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'expected where PostgreSQL is, such as postgresql://user:password@host:5432/orders',
  }),
  /** Connections of this pod. All pods together, and those of a version that comes or goes, must fit the server. */
  DATABASE_CONNECTIONS: wholeNumber(1, 100).default(10),
  /** How long a request waits for a connection, a new one or one that others use, before it is answered 503. */
  DATABASE_WAIT_MS: wholeNumber(1, 60_000).default(2_000),
  /** How long one statement may take, waits for locks included. */
  DATABASE_STATEMENT_MS: wholeNumber(1, 60_000).default(5_000),

  /** What orders may be paid in. One that an older version cannot tell waits until no such version runs. */
  CURRENCIES: z
    .string()
    .transform((text) => text.split(','))
    .refine((codes) => codes.every((code) => currencies.has(code)), 'expected codes of ISO 4217, such as EUR,USD')
    .default(['EUR']),
  /** How long a retry with an idempotency key finds the order that it placed. */
  IDEMPOTENCY_HOURS: wholeNumber(1, 720).default(24),
});

export type Config = ServiceConfig & z.infer<typeof settings>;

/** @throws ConfigError listing every wrong variable. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return { service, ...readEnvironment(service, settings, env) };
}
