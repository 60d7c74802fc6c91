import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCollector } from './fixtures/collector.ts';
import { startService } from './fixtures/process.ts';

const run = promisify(execFile);
const service = join(import.meta.dirname, 'fixtures', 'slow-service.ts');

/** A folder such as an image has, with the bundle of a service. */
async function bundle(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bundle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'src'));
  await writeFile(join(folder, 'src', 'main.ts'), `import ${JSON.stringify(service)};\n`);
  await run(process.execPath, [join(import.meta.dirname, 'bundle.ts')], { cwd: folder });
  return join(folder, 'dist');
}

async function stop({ child, exited }: Awaited<ReturnType<typeof startService>>): Promise<number | null> {
  child.kill('SIGTERM');
  return exited;
}

describe('the bundle of a service', () => {
  it('traces where a collector is named', async () => {
    const collector = await startCollector();
    const dist = await bundle();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
    const traced = await startService(join(dist, 'main.mjs'), env);

    await fetch(`${traced.url}/slow?ms=0`);
    expect(await stop(traced)).toBe(0);

    expect(collector.spans.map(({ name }) => name)).toEqual(['GET /slow']);
  });

  it('does not so much as open the files of tracing where none is named', async () => {
    const dist = await bundle();
    const tracing = (await readdir(dist)).filter((name) => /^(sdk|dist)-.*\.mjs$/.test(name));
    expect(tracing.length).toBeGreaterThan(0);
    for (const name of tracing) await rm(join(dist, name));

    const untraced = await startService(join(dist, 'main.mjs'));

    expect((await fetch(`${untraced.url}/slow?ms=0`)).status).toBe(200);
    expect(await stop(untraced)).toBe(0);
  });

  it('is the same bytes when it is made again', async () => {
    const [one, other] = await Promise.all([bundle(), bundle()]);

    await run('diff', ['--recursive', one, other]);
  });
});
