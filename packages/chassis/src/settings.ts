import { hostname } from 'node:os';
import * as z from 'zod';
import { tracingSettings } from './tracing/settings.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What every service can be told, by the names of the environment variables. Durations are in milliseconds. */
export const serviceSettings = z.object({
  HOST: z.string().default('0.0.0.0'),
  /** Requests and probes; 0 takes a free port. */
  PORT: wholeNumber(0, 65_535).default(8080),
  /** Metrics, on a port that the router never reaches; 0 takes a free port. */
  METRICS_PORT: wholeNumber(0, 65_535).default(9464),
  LOG_LEVEL: z.enum(levels, { error: `expected one of ${levels.join(', ')}` }).default('info'),

  /** The version of the pod, from its label app.kubernetes.io/version. */
  VERSION: z.string().optional(),
  /** What the image says of itself, when nothing says it from outside. */
  BUILD_VERSION: z.string().default('dev'),
  BUILD_REVISION: z.string().default('unknown'),
  POD_NAME: z.string().default(hostname),
  /** Which of an app's environments this is; none outside of a cluster. */
  POD_NAMESPACE: z.string().optional(),

  /** Share of requests that fail on purpose, and how long every request is held back. */
  FAULT_ERROR_RATE: share().default(0),
  FAULT_LATENCY_MS: wholeNumber(0, 60_000).default(0),

  /** By how much the event loop may be late before users' requests are refused with 503; 0 never refuses. */
  OVERLOAD_DELAY_MS: wholeNumber(0, 60_000).default(500),

  /** How long a stopping service still answers while it is not ready, so that endpoints and routers let go of it. */
  SHUTDOWN_DRAIN_MS: wholeNumber(0, 60_000).default(3_000),
  /** How long stopping may take in all; below the 30 s that a pod is given. */
  SHUTDOWN_TIMEOUT_MS: wholeNumber(1, 300_000).default(25_000),

  ...tracingSettings,
});

/** The settings of a service together with its name. */
export type ServiceConfig = z.infer<typeof serviceSettings> & { service: string };

/** A whole number within bounds, from text. */
export function wholeNumber(min: number, max: number): z.ZodCoercedNumber {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** A number from 0 to 1, from text. */
export function share(): z.ZodCoercedNumber {
  const error = 'expected a share from 0 to 1';
  return z.coerce.number({ error }).min(0, { error }).max(1, { error });
}
