import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { patience, runToEnd, startService, untilBusy, type ServiceProcess } from '../fixtures/process.ts';

const main = fileURLToPath(new URL('../fixtures/slow-service.ts', import.meta.url));

async function untilLogged(service: ServiceProcess, message: string): Promise<void> {
  await expect.poll(() => service.lines.some((line) => line.message === message), patience).toBe(true);
}

/** The last lines of a service that ends with 0. */
async function lastMessages(service: ServiceProcess): Promise<string[]> {
  expect(await service.exited).toBe(0);
  await untilLogged(service, 'stopped');
  return service.lines.map(({ message }) => message).slice(-4);
}

describe('a process that gets SIGTERM', () => {
  it('finishes the open request, is not ready meanwhile, and exits 0', async () => {
    const service = await startService(main, { SHUTDOWN_DRAIN_MS: '400' });
    const open = fetch(`${service.url}/slow?ms=1000`);
    await untilBusy(service);

    service.child.kill('SIGTERM');

    await expect
      .poll(async () => (await fetch(`${service.url}/readyz`)).status, { ...patience, interval: 10 })
      .toBe(503);
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    expect((await fetch(`${service.url}/slow?ms=0`)).status).toBe(200);
    expect((await open).status).toBe(200);
    expect(await service.exited).toBe(0);
    await expect(fetch(`${service.url}/livez`)).rejects.toThrow('fetch failed');
    await untilLogged(service, 'stopped');
  });

  it('closes pools after the last request, then ends', async () => {
    const service = await startService(main);
    const open = fetch(`${service.url}/slow?ms=500`);
    await untilBusy(service);

    service.child.kill('SIGTERM');

    expect((await open).status).toBe(200);
    expect(await lastMessages(service)).toEqual(['stopping', 'worked', 'pool closed', 'stopped']);
  });

  it('logs in order to its end, also while its threads are occupied', async () => {
    const service = await startService(main, { UV_THREADPOOL_SIZE: '1' });
    await fetch(`${service.url}/occupy`);

    service.child.kill('SIGTERM');

    expect(await lastMessages(service)).toEqual(['occupied', 'stopping', 'pool closed', 'stopped']);
  });

  it('does not wait for connections that a router keeps open', async () => {
    const service = await startService(main, { SHUTDOWN_TIMEOUT_MS: '20000' });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const [answer] = (await once(get(`${service.url}/livez`, { agent }), 'response')) as [NodeJS.ReadableStream];
    await text(answer);

    const asked = performance.now();
    service.child.kill('SIGTERM');

    expect(await service.exited).toBe(0);
    expect(performance.now() - asked).toBeLessThan(10_000);
  });

  it('exits at once at the second signal', async () => {
    const service = await startService(main, { SHUTDOWN_DRAIN_MS: '60000' });

    service.child.kill('SIGTERM');
    await untilLogged(service, 'stopping');
    service.child.kill('SIGTERM');

    expect(await service.exited).toBe(1);
  });

  it('exits 1 when requests are still open and the time is up', async () => {
    const service = await startService(main, { SHUTDOWN_TIMEOUT_MS: '200' });
    const open = fetch(`${service.url}/slow?ms=60000`).catch(() => 'cut off');
    await untilBusy(service);

    service.child.kill('SIGTERM');

    expect(await service.exited).toBe(1);
    expect(await open).toBe('cut off');
  });
});

describe('a process that runs', () => {
  it('logs lines of JSON with an ISO timestamp, level, service and version, and none for probes', async () => {
    const service = await startService(main, { VERSION: 'v2', LOG_LEVEL: 'debug' });

    await fetch(`${service.url}/livez`);
    await fetch(`${service.url}/slow?ms=0&token=hunter2`);
    await untilLogged(service, 'request answered');

    for (const line of service.lines) {
      expect(line).toMatchObject({ level: expect.stringMatching(/^(INFO|DEBUG)$/), service: 'slow', version: 'v2' });
      expect(line.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    const answered = service.lines.find((line) => line.message === 'request answered');
    expect(answered).toMatchObject({ method: 'GET', path: '/slow', route: '/slow', status: 200 });
    expect(answered?.['duration_ms']).toBeGreaterThan(0);
    expect(JSON.stringify(service.lines)).not.toMatch(/livez|hunter2/);
  });

  it('answers metrics on a port of their own and nowhere else', async () => {
    const service = await startService(main);

    const metrics = await fetch(`${service.metricsUrl}/metrics`);

    expect(await metrics.text()).toContain('process_cpu_seconds_total');
    expect((await fetch(`${service.url}/metrics`)).status).toBe(404);
    expect((await fetch(`${service.metricsUrl}/`)).status).toBe(404);
  });
});

describe('a process that cannot start', () => {
  it('lists wrong settings without a stack and exits 1', async () => {
    const { code, stderr } = await runToEnd(main, { PORT: 'http', LOG_LEVEL: 'loud' });

    expect(code).toBe(1);
    expect(stderr).toContain('PORT="http": expected a whole number from 0 to 65535');
    expect(stderr).toContain('LOG_LEVEL="loud": expected one of trace');
    expect(stderr).not.toContain('    at ');
  });

  it.each(['PORT', 'METRICS_PORT'])('says that %s is in use and exits 1', async (name) => {
    const holder = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void holder.close());
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;

    const { code, stderr } = await runToEnd(main, { [name]: String(port) });

    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is in use`);
  });
});
