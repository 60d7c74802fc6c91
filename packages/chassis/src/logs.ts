import { destination, stdSerializers, type DestinationStream, type LoggerOptions } from 'pino';
import type { Identity } from './identity.ts';
import { withoutSecrets } from './secrets.ts';

/**
 * JSON lines whose fields have the names that log queries ask for: `timestamp` in ISO 8601 with milliseconds, `level` as a
 * word, `message`, `service`, `version`, `namespace`. Credentials are blotted out.
 *
 * @param ids fields of the trace that a line belongs to, asked for with every line.
 */
export function logOptions(
  { service, version, namespace }: Identity,
  level: string,
  ids?: () => object,
): LoggerOptions {
  return {
    level,
    base: { service, version, namespace },
    messageKey: 'message',
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: {
      level: (label) => ({ level: label.toUpperCase() }),
      // An error keeps its type and stack: its own serializer comes after this.
      log: ({ err, ...fields }) => ({ ...(withoutSecrets(fields) as object), ...(err === undefined ? {} : { err }) }),
    },
    serializers: { err: (error: Error) => withoutSecrets(stdSerializers.err(error)) },
    ...(ids === undefined ? {} : { mixin: ids }),
  };
}

/**
 * Standard output, written line by line at once. Pino's own default hands lines to a thread: what is fatal overtakes those
 * that are on their way, and so does all that is left when the process ends.
 */
export function logOutput(): DestinationStream {
  return destination({ dest: 1, sync: true });
}
