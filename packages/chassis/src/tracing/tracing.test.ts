import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startCollector, type Collector, type ReceivedSpan } from '../../fixtures/collector.ts';
import { startService, untilBusy, type ServiceProcess } from '../../fixtures/process.ts';

const main = fileURLToPath(new URL('../../fixtures/slow-service.ts', import.meta.url));
const traceId = '0af7651916cd43dd8448eb211c80319c';
const callersSpan = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${callersSpan}-01`;

function startTraced(collector: Collector, env: Record<string, string> = {}): Promise<ServiceProcess> {
  return startService(main, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    VERSION: 'v2',
    POD_NAME: 'slow-abc',
    POD_NAMESPACE: 'slow-prod',
    ...env,
  });
}

/** Ends the service, whose spans have then all been sent. */
async function stop({ child, exited }: ServiceProcess): Promise<number | null> {
  child.kill('SIGTERM');
  return exited;
}

function spanOf({ spans }: Collector, name: string, service?: string): ReceivedSpan | undefined {
  return spans.find(
    (span) => span.name === name && (service ?? span.resource['service.name']) === span.resource['service.name'],
  );
}

describe('a service that is told of a collector', () => {
  it("sends a span for a user's request, within the caller's trace, and none for probes", async () => {
    const collector = await startCollector();
    const service = await startTraced(collector, { OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=shop' });

    await fetch(`${service.url}/livez`);
    await fetch(`${service.url}/slow?ms=0&token=hunter2`, { headers: { traceparent } });
    expect(await stop(service)).toBe(0);

    expect(collector.spans).toHaveLength(1);
    expect(spanOf(collector, 'GET /slow')).toMatchObject({
      traceId,
      parentSpanId: callersSpan,
      kind: 2,
      attributes: { 'http.request.method': 'GET', 'http.route': '/slow', 'url.path': '/slow' },
      resource: {
        'service.name': 'slow',
        'service.version': 'v2',
        'k8s.pod.name': 'slow-abc',
        'k8s.namespace.name': 'slow-prod',
      },
    });
    expect(Number(spanOf(collector, 'GET /slow')?.attributes['http.response.status_code'])).toBe(200);
    expect(collector.headers[0]).toMatchObject({ 'x-tenant': 'shop' });
    expect(JSON.stringify(collector.spans)).not.toContain('hunter2');
  });

  it('sends a span for a request that its caller gave up', async () => {
    const collector = await startCollector();
    const service = await startTraced(collector);

    const caller = new AbortController();
    const answer = fetch(`${service.url}/slow?ms=60000`, { signal: caller.signal });
    await untilBusy(service);
    caller.abort();
    await expect(answer).rejects.toThrow('aborted');
    await stop(service);

    expect(Number(spanOf(collector, 'GET /slow')?.attributes['http.response.status_code'])).toBe(499);
  });

  it('passes the trace on to the service that it calls, span by span', async () => {
    const collector = await startCollector();
    const called = await startTraced(collector, { OTEL_SERVICE_NAME: 'called' });
    const calling = await startTraced(collector, { OTEL_SERVICE_NAME: 'calling' });

    const url = encodeURIComponent(`${called.url}/slow?ms=0`);
    await fetch(`${calling.url}/call?url=${url}`, { headers: { traceparent } });
    await Promise.all([stop(calling), stop(called)]);

    const server = spanOf(collector, 'GET /call', 'calling');
    const client = spanOf(collector, 'GET', 'calling');
    const beyond = spanOf(collector, 'GET /slow', 'called');
    expect(server).toMatchObject({ traceId, parentSpanId: callersSpan });
    expect(client).toMatchObject({ traceId, kind: 3, parentSpanId: server?.spanId });
    expect(beyond).toMatchObject({ traceId, parentSpanId: client?.spanId });
  });

  it('writes the trace and the span into every line of a request, and of no other', async () => {
    const collector = await startCollector();
    const service = await startTraced(collector, { LOG_LEVEL: 'debug' });

    const traces = Array.from({ length: 20 }, (_, index) => index.toString(16).padStart(32, 'a'));
    await Promise.all(
      traces.map((id, index) =>
        fetch(`${service.url}/slow?ms=${index}`, { headers: { traceparent: `00-${id}-${callersSpan}-01` } }),
      ),
    );
    await stop(service);

    for (const id of traces) {
      const lines = service.lines.filter((line) => line['trace_id'] === id);
      const span = collector.spans.find((each) => each.traceId === id);
      expect(lines.map(({ message }) => message)).toEqual(['worked', 'request answered']);
      for (const line of lines) expect(line['span_id']).toBe(span?.spanId);
    }
    expect(service.lines.find(({ message }) => message === 'ready')).not.toHaveProperty('trace_id');
  });

  it('marks the span of a failure, with its error', async () => {
    const collector = await startCollector();
    const service = await startTraced(collector);

    await fetch(`${service.url}/call?url=http://127.0.0.1:9`);
    await stop(service);

    expect(spanOf(collector, 'GET /call')).toMatchObject({ status: 2 });
  });

  it('starts a trace of its own where the caller has none, and samples as told', async () => {
    const collector = await startCollector();
    const service = await startTraced(collector, { OTEL_TRACES_SAMPLER: 'parentbased_always_off' });

    await fetch(`${service.url}/slow?ms=0`);
    await fetch(`${service.url}/slow?ms=0`, { headers: { traceparent } });
    await stop(service);

    expect(collector.spans.map((span) => span.traceId)).toEqual([traceId]);
  });

  it('answers and ends in time while the collector is down', async () => {
    const service = await startService(main, {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      SHUTDOWN_TIMEOUT_MS: '20000',
    });

    expect((await fetch(`${service.url}/slow?ms=0`)).status).toBe(200);
    expect(await stop(service)).toBe(0);
  });
});

describe('a service that is told of none', () => {
  it.each([
    ['nothing is set', {}],
    ['the SDK is disabled', { OTEL_SDK_DISABLED: 'true' }],
    ['the exporter is none', { OTEL_TRACES_EXPORTER: 'none' }],
  ])('sends nothing and logs no trace when %s', async (_why, env) => {
    const collector = await startCollector();
    const endpoint = Object.keys(env).length === 0 ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const service = await startService(main, { ...endpoint, ...env, LOG_LEVEL: 'debug' });

    await fetch(`${service.url}/slow?ms=0`, { headers: { traceparent } });
    await stop(service);

    expect(collector.spans).toEqual([]);
    expect(JSON.stringify(service.lines)).not.toContain('trace_id');
  });
});
