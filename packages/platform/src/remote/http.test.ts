import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt, run } from '../run.ts';

describe('the Git server', { timeout: 60_000 }, () => {
  let folder: string;
  let server: ChildProcess;
  let base: { host: string; port: number };
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'test',
    GIT_AUTHOR_EMAIL: 'test@localhost',
    GIT_COMMITTER_NAME: 'test',
    GIT_COMMITTER_EMAIL: 'test@localhost',
  };
  const url = (): string => `http://${base.host}:${base.port}/sluice.git`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-http-'));
    const work = join(folder, 'work');
    await run('git', ['init', '--quiet', '-b', 'main', work], { env });
    await writeFile(join(work, 'large'), randomBytes(4 * 1024 * 1024));
    await run('git', ['-C', work, 'add', '.'], { env });
    await run('git', ['-C', work, 'commit', '--quiet', '-m', 'First'], { env });
    await run('git', ['clone', '--quiet', '--bare', work, join(folder, 'sluice.git')], { env });
    await run('git', ['clone', '--quiet', '--bare', work, join(folder, 'secret.git')], { env });
    const file = join(import.meta.dirname, 'http.ts');
    server = spawn(
      process.execPath,
      [file, '--port', '0', '--address', '127.0.0.1', '--repository', join(folder, 'sluice.git')],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const [said] = (await once(server.stderr!, 'data')) as [Buffer];
    base = { host: '127.0.0.1', port: Number(/:(\d+)\n/.exec(said.toString())?.[1]) };
  });
  afterAll(async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
    await rm(folder, { recursive: true });
  });

  /** A request whose path is sent as it stands: fetch would resolve the dots. */
  async function ask(method: string, path: string): Promise<{ status: number | undefined; body: string }> {
    return await new Promise((resolve, reject) => {
      const sent = request({ ...base, method, path }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.once('end', () => resolve({ status: response.statusCode, body }));
      });
      sent.once('error', reject);
      sent.end();
    });
  }

  it('answers clones, also shallow ones and by protocol version 0', async () => {
    for (const [index, args] of [['clone'], ['-c', 'protocol.version=0', 'clone'], ['clone', '--depth=1']].entries()) {
      const target = join(folder, `clone-${index}`);
      await run('git', [...args, '--quiet', url(), target], { env });
      await run('git', ['-C', target, 'fsck', '--connectivity-only'], { env });
    }
  });

  it('reads a request that is compressed', async () => {
    // Git compresses the list of what it has when that is long.
    const target = join(folder, 'clone-long');
    await run('git', ['clone', '--quiet', url(), target], { env });
    const stream = Array.from(
      { length: 400 },
      (_, index) => `commit refs/heads/own\ncommitter a <a@b> ${4_000_000_000 + index} +0000\ndata 1\nx\n`,
    );
    await run('git', ['-C', target, 'fast-import', '--quiet', '--force'], { env, input: stream.join('') });
    await run('git', ['-C', join(folder, 'work'), 'commit', '--quiet', '--allow-empty', '-m', 'Second'], { env });
    await run('git', ['-C', join(folder, 'work'), 'push', '--quiet', join(folder, 'sluice.git'), 'main'], { env });
    const traced = await attempt('git', ['-C', target, '-c', 'protocol.version=0', 'fetch', 'origin'], {
      env: { ...env, GIT_CURL_VERBOSE: '1' },
    });
    expect(traced.code).toBe(0);
    expect(traced.stderr.includes('Content-Encoding: gzip')).toBe(true);
  });

  it('refuses a push', async () => {
    const pushed = await attempt('git', ['-C', join(folder, 'work'), 'push', url(), 'main:other'], { env });
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain('403');
    expect((await ask('POST', '/sluice.git/git-receive-pack')).status).toBe(403);
  });

  it.each([
    ['GET', '/sluice.git/../secret.git/info/refs?service=git-upload-pack'],
    ['GET', '/sluice.git/%2e%2e/secret.git/info/refs?service=git-upload-pack'],
    ['GET', '/secret.git/info/refs?service=git-upload-pack'],
    ['GET', '//sluice.git/info/refs?service=git-upload-pack'],
    ['GET', '/sluice.git/config'],
    ['GET', '/sluice.git/objects/info/packs'],
    ['DELETE', '/sluice.git/info/refs'],
    ['GET', '/'],
  ])('refuses %s %s', async (method, path) => {
    expect([403, 404]).toContain((await ask(method, path)).status);
  });

  it('says that it is well', async () => {
    expect(await ask('GET', '/healthz')).toEqual({ status: 200, body: 'ok\n' });
  });

  it('names the port that another process has', async () => {
    const file = join(import.meta.dirname, 'http.ts');
    const second = await attempt(process.execPath, [
      file,
      '--port',
      String(base.port),
      '--address',
      base.host,
      '--repository',
      folder,
    ]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`cannot listen at 127.0.0.1:${base.port}: another process has that port`);
  });
});
