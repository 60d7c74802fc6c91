import type { LoggerOptions } from 'pino';
import type { Identity } from './identity.ts';

/** Names of fields whose values are credentials, in the spellings that libraries use. */
const secret = [
  'authorization',
  'Authorization',
  'proxy-authorization',
  'cookie',
  'Cookie',
  'set-cookie',
  'x-api-key',
  'password',
  'passwd',
  'secret',
  'token',
  'apiKey',
  'api_key',
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
  'clientSecret',
  'client_secret',
  'privateKey',
  'private_key',
  'connectionString',
];

/** At the top, and one, two and three objects deep: `{ err: { request: { headers: { authorization } } } }`. */
const redact = ['', '*', '*.*', '*.*.*'].flatMap((above) =>
  secret.map((name) => (above === '' ? `["${name}"]` : `${above}["${name}"]`)),
);

/**
 * JSON lines whose fields have the names that log queries ask for: `timestamp` in ISO 8601 with milliseconds, `level` as a
 * word, `message`, `service`, `version`. Credentials are blotted out.
 *
 * @param ids fields of the trace that a line belongs to, asked for with every line.
 */
export function logOptions({ service, version }: Identity, level: string, ids?: () => object): LoggerOptions {
  return {
    level,
    base: { service, version },
    messageKey: 'message',
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label.toUpperCase() }) },
    redact: { paths: redact, censor: '[redacted]' },
    ...(ids === undefined ? {} : { mixin: ids }),
  };
}
