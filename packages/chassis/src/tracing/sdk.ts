import { setTimeout as delay } from 'node:timers/promises';
import {
  context,
  diag,
  DiagLogLevel,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { Identity } from '../identity.ts';
import { routeOf } from '../requests.ts';
import { createExporter, createSampler } from './choices.ts';
import type { TracingSettings } from './settings.ts';

export interface Tracer {
  ids(): object;
  begin(request: FastifyRequest, next: () => void): void;
  failed(request: FastifyRequest, error: Error): void;
  end(request: FastifyRequest, status: number): void;
  /** Sends what is left, for two seconds at most: a service must be able to end while its collector is down. */
  stop(): Promise<void>;
}

/** Registers OpenTelemetry for the process: spans of requests, and of calls by `fetch`, leave in batches. */
export async function startTracer(
  settings: TracingSettings,
  identity: Identity,
  log: FastifyBaseLogger,
): Promise<Tracer> {
  diag.setLogger(logger(log), DiagLogLevel.WARN);
  const provider = new TracerProvider({
    sampler: createSampler(settings),
    resource: resourceOf(identity),
    spanProcessors: [new BatchSpanProcessor({ exporter: await createExporter(settings) })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  trace.setGlobalTracerProvider(provider);
  const calls = new UndiciInstrumentation({ requireParentforSpans: true });
  const tracer = trace.getTracer('@sluice/chassis');
  const spans = new WeakMap<FastifyRequest, Span>();

  return {
    ids() {
      const ids = trace.getActiveSpan()?.spanContext();
      return ids === undefined ? {} : { trace_id: ids.traceId, span_id: ids.spanId };
    },
    begin(request, next) {
      const parent = propagation.extract(context.active(), request.headers);
      const route = routeOf(request);
      const attributes = {
        [ATTR_HTTP_REQUEST_METHOD]: request.method,
        [ATTR_HTTP_ROUTE]: route,
        [ATTR_URL_PATH]: request.url.split('?', 1)[0] ?? '',
        [ATTR_URL_SCHEME]: request.protocol,
      };
      const span = tracer.startSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
      spans.set(request, span);
      context.with(trace.setSpan(parent, span), next);
    },
    failed: (request, error) => spans.get(request)?.recordException(error),
    end(request, status) {
      const span = spans.get(request);
      span?.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
      if (status >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
      span?.end();
    },
    async stop() {
      calls.disable();
      await Promise.race([provider.shutdown(), delay(2_000, undefined, { ref: false })]);
    },
  };
}

/** What OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say wins over what the service knows of itself. */
function resourceOf({ service, version, pod, namespace }: Identity): ReturnType<typeof defaultResource> {
  const kubernetes = { 'k8s.pod.name': pod, ...(namespace === undefined ? {} : { 'k8s.namespace.name': namespace }) };
  const own = { [ATTR_SERVICE_NAME]: service, [ATTR_SERVICE_VERSION]: version, ...kubernetes };
  return defaultResource()
    .merge(resourceFromAttributes(own))
    .merge(detectResources({ detectors: [envDetector] }));
}

/** What OpenTelemetry complains of, such as a collector that does not answer, as lines like all others. */
function logger(log: FastifyBaseLogger): Parameters<typeof diag.setLogger>[0] {
  const warn = (message: string, ...details: unknown[]): void => log.warn({ details }, `OpenTelemetry: ${message}`);
  return { error: warn, warn, info: () => undefined, debug: () => undefined, verbose: () => undefined };
}
