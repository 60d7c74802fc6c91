import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../run.ts';
import { reconcilerProcess } from './reconciler.ts';
import { createLab, type Lab } from './test/lab.ts';

describe('the reconciler', { timeout: 60_000 }, () => {
  let lab: Lab;
  beforeAll(async () => void (lab = await createLab()), 60_000);
  afterAll(async () => await lab.close());

  const cloned = async (...args: string[]): Promise<string> =>
    (await run('git', ['-C', lab.layout.watch, ...args])).trim();

  it('runs the tool in use, in a clone whose remote is the local one, under a name of its own', async () => {
    const spec = await reconcilerProcess(lab.host, '/log');

    expect(spec).toMatchObject({ name: 'reconciler', cwd: lab.layout.watch, log: '/log' });
    expect(spec.args).toEqual([
      join(lab.layout.current, 'scripts', 'bin.js'),
      'reconcile',
      '--every',
      '10',
      '--remote',
      'local',
    ]);
    expect(existsSync(spec.command)).toBe(true);
    expect(spec.env['KUBECONFIG']).toBe(lab.host.driver.kubeconfig);
    expect(await cloned('remote', 'get-url', 'local')).toBe(lab.layout.repository);
    expect(await cloned('config', 'user.name')).toBe('Sluice');
  });

  it('keeps its clone, and makes one again that a killed start left half-made', async () => {
    await writeFile(join(lab.layout.watch, 'mark'), '');
    await reconcilerProcess(lab.host, '/log');
    expect(existsSync(join(lab.layout.watch, 'mark'))).toBe(true);

    await rm(join(lab.layout.watch, '.git', 'sluice-ready'));
    await reconcilerProcess(lab.host, '/log');
    expect(existsSync(join(lab.layout.watch, 'mark'))).toBe(false);
    expect(await cloned('remote', 'get-url', 'local')).toBe(lab.layout.repository);
  });
});
