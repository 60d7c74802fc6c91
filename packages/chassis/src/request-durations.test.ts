import * as fc from 'fast-check';
import { Histogram, Registry, type Metric } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createRequestDurations } from './request-durations.ts';

const [name, help, buckets] = ['request_seconds', 'Time.', [0.005, 0.25, 1]];

const observations = fc.array(
  fc.record({
    method: fc.constantFrom('GET', 'POST'),
    route: fc.constantFrom('/a', '/a/:id', 'unmatched', '__proto__', 'a"b\\\n'),
    status: fc.constantFrom(200, 404, 500),
    seconds: fc.oneof(fc.constantFrom(0, 0.005, 0.25, 1, 1.0001), fc.double({ min: 0, max: 2, noNaN: true })),
  }),
);

describe('createRequestDurations', () => {
  it("writes what prom-client's histogram writes, whatever was observed", async () => {
    await fc.assert(
      fc.asyncProperty(observations, async (all) => {
        const [own, theirs] = [new Registry(), new Registry()];
        const durations = createRequestDurations(name, help, buckets);
        own.registerMetric(durations as unknown as Metric);
        const labelNames = ['method', 'route', 'status'];
        const histogram = new Histogram({ name, help, buckets, labelNames, registers: [theirs] });
        for (const registry of [own, theirs]) registry.setDefaultLabels({ service: 'test' });

        for (const { method, route, status, seconds } of all) {
          durations.observe(method, route, status, seconds);
          histogram.observe({ method, route, status }, seconds);
        }

        const lines = async (registry: Registry): Promise<string[]> =>
          (await registry.metrics()).split('\n').toSorted();
        expect(await lines(own)).toEqual(await lines(theirs));
      }),
    );
  });
});
