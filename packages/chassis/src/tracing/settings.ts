import * as z from 'zod';

const url = z.url({ protocol: /^https?$/, error: 'expected a URL such as http://collector:4318' }).optional();
const protocols = ['http/protobuf', 'http/json'] as const;
const protocol = z.enum(protocols, { error: `expected one of ${protocols.join(', ')}` }).optional();
const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/**
 * What OpenTelemetry is told, by the variables of its specification; names, headers and timeouts are read by its own code:
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export const tracingSettings = {
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], { error: 'expected otlp or none' }).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_TRACES_SAMPLER: z
    .enum(samplers, { error: `expected one of ${samplers.join(', ')}` })
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: 'expected a share from 0 to 1' })
    .min(0, { error: 'expected a share from 0 to 1' })
    .max(1, { error: 'expected a share from 0 to 1' })
    .default(1),
};

export type TracingSettings = z.infer<z.ZodObject<typeof tracingSettings>>;

/** Whether traces are wanted: an endpoint or the exporter is named, and nothing turns it off. */
export function isTracing(settings: TracingSettings): boolean {
  if (settings.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || settings.OTEL_TRACES_EXPORTER === 'none') return false;
  const named = settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  return named !== undefined || settings.OTEL_TRACES_EXPORTER === 'otlp';
}
