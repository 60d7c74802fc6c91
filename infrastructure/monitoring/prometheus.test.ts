import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { buildKustomization } from '../test/kustomize.ts';
import { findPromtool, runPromtool } from '../test/promtool.ts';

const promtool = await findPromtool();

beforeEach(({ skip }) => skip(promtool === undefined, 'promtool has not been made yet; pnpm run tools makes it'));

it.for(['infrastructure/monitoring', 'infrastructure/clusters/prod/monitoring'])(
  'Prometheus takes the configuration and the rules of %s',
  async (path) => {
    const objects = await buildKustomization(path);
    const settings = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name?.startsWith('prometheus-'),
    );
    const folder = mkdtempSync(join(tmpdir(), 'sluice-prometheus-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const [file, text] of Object.entries(settings?.['data'] as Record<string, string>)) {
      writeFileSync(join(folder, file), text.replaceAll('/var/run/secrets/kubernetes.io/serviceaccount', folder));
    }
    for (const file of ['ca.crt', 'token']) writeFileSync(join(folder, file), '');

    const { ok, output } = await runPromtool(promtool!, ['check', 'config', join(folder, 'prometheus.yaml')]);

    expect(output).toContain('rules found');
    expect(ok, output).toBe(true);
  },
);
