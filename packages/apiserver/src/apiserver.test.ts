import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { findBinaries, startApiServer } from './index.ts';

const root = join(import.meta.dirname, '../../..');
const { binaries, missing } = { binaries: undefined, missing: undefined, ...(await findBinaries(root, process.env)) };

it('says what makes the binaries where they are not there', async () => {
  const nowhere = await findBinaries(root, { ...process.env, SLUICE_STATE: '/nonexistent' });

  expect(nowhere).toEqual({ missing: 'kube-apiserver has not been made yet; pnpm run tools makes it' });
});

it('says why a server did not come up', async () => {
  const broken = { etcd: '/bin/true', 'kube-apiserver': '/nonexistent/kube-apiserver' };

  await expect(startApiServer(broken)).rejects.toThrow(
    /^the API server did not come up; \/(bin\/true|nonexistent\/kube-apiserver) has ended: /,
  );
});

describe('an API server alone', { timeout: 60_000 }, () => {
  beforeEach(({ skip }) => skip(binaries === undefined, missing));

  it('judges an object without keeping it, and names the field that it does not know', async () => {
    const server = await startApiServer(binaries!);
    onTestFinished(() => server.stop());
    const metadata = { name: 'settings' };

    const good = await server.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {} }, { dryRun: true });
    const bad = await server.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, dta: {} }, { dryRun: true });

    expect(good.status).toBe(201);
    expect(bad.body.message).toContain('unknown field "dta"');
    expect((await server.request('GET', '/api/v1/namespaces/default/configmaps/settings')).status).toBe(404);
  });

  it('refuses to guess where a kind belongs that it does not know', async () => {
    const server = await startApiServer(binaries!);
    onTestFinished(() => server.stop());
    const unknown = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' } };

    await expect(server.create(unknown)).rejects.toThrow('the API server does not know example.com/v1 Thing');
  });

  it('ends with the process that started it, also where that is killed', async () => {
    const script = `
      import { startApiServer } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
      const { url } = await startApiServer(${JSON.stringify(binaries)});
      console.log(url);
      setInterval(() => undefined, 1000);`;
    const temporary = mkdtempSync(join(tmpdir(), 'sluice-killed-'));
    onTestFinished(() => rmSync(temporary, { recursive: true }));
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: temporary },
    });
    const [url] = (await once(owner.stdout.setEncoding('utf8'), 'data')) as [string];
    expect(serving(new URL(url).port)).toBe(true);

    owner.kill('SIGKILL');
    await once(owner, 'exit');

    const deadline = Date.now() + 10_000;
    while (serving(new URL(url).port) && Date.now() < deadline) await pause(20);
    expect(serving(new URL(url).port)).toBe(false);
  });
});

/** Whether a process runs whose command line names this port. */
function serving(port: string): boolean {
  return readdirSync('/proc').some((pid) => {
    const file = `/proc/${pid}/cmdline`;
    return /^\d+$/.test(pid) && existsSync(file) && commandLine(file).includes(`--secure-port=${port}`);
  });
}

function commandLine(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
