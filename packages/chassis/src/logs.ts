import { stdTimeFunctions, type LoggerOptions } from 'pino';
import type { Identity } from './identity.ts';

/** JSON lines with an ISO `time`, the level as a word, service and version; credentials are blotted out. */
export function logOptions({ service, version }: Identity, level: string): LoggerOptions {
  return {
    level,
    base: { service, version },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['req.headers.authorization', 'req.headers.cookie'],
  };
}
