import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { identify } from './linux/process.ts';
import type { StartOptions } from './platform.ts';
import { start } from './start.ts';
import { createPaths } from './state.ts';
import { createProcessFiles } from './supervisor/files.ts';

// Another start may be under way on this host.
vi.mock('./host-lock.ts', () => ({ acquireHostLock: async () => ({ release: async () => undefined }) }));
// What comes after everything that can be refused, so that no test goes further.
vi.mock('./lock.ts', () => ({ acquireLock: async () => await Promise.reject(new Error('all is accepted')) }));

const repository = join(import.meta.dirname, '..', '..', '..');
let folder: string;
let state: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-start-'));
  state = join(folder, 'state');
  for (const path of ['infrastructure/local', 'gitops.config.yaml']) {
    mkdirSync(join(folder, 'infrastructure'), { recursive: true });
    cpSync(join(repository, path), join(folder, path), { recursive: true });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

interface SettingsFile {
  node: { link: string };
  ports: Record<string, number>;
  needs: Record<string, number>;
}

/** What start says that refuses, run in a repository with other settings by the user of that number. */
async function refusal(
  uid: number,
  change: (settings: SettingsFile) => void = () => {},
  options: Partial<StartOptions> = {},
): Promise<unknown> {
  const file = join(folder, 'infrastructure', 'local', 'platform.yaml');
  const settings = parse(readFileSync(file, 'utf8')) as SettingsFile;
  // Nothing of a platform that runs on this host may be in the way.
  settings.node.link = 'sluice-test';
  for (const [index, key] of Object.keys(settings.ports).entries()) settings.ports[key] = index + 1;
  change(settings);
  writeFileSync(file, stringify(settings));
  vi.spyOn(process, 'geteuid').mockReturnValue(uid);
  const { signal } = new AbortController();
  const env = { ...process.env, SLUICE_STATE: state, KUBECONFIG: join(folder, 'kubeconfig') };
  const stream = new PassThrough().resume() as unknown as NodeJS.WriteStream;
  try {
    await start({ driver: 'embedded', traffic: false, ...options }, { root: folder, env, stream, signal });
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
  return 'nothing';
}

/** Leaves in the state folder what a start with the embedded driver leaves there; `pid` is that of its one process. */
function leaveEmbedded(pid: number): void {
  const paths = createPaths(state);
  mkdirSync(state);
  writeFileSync(paths.choice, '{"driver":"embedded"}\n');
  createProcessFiles(paths.processes).writePid('etcd', { pid, start: identify(pid)?.start ?? '', spec: '' });
}

/** Settings of which only the memory is never there. */
function wantMemory({ needs }: SettingsFile): void {
  Object.assign(needs, { memory: 10_000_000, diskFirst: 0, diskLater: 0 });
}

describe('start', () => {
  it('refuses another user than root and leaves nothing behind', async () => {
    expect(await refusal(1000)).toBe('the embedded driver needs root, this is user 1000');
    expect(existsSync(state)).toBe(false);
  });

  it('refuses a port that is held and leaves nothing behind', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void holder.close());
    const { port } = holder.address() as AddressInfo;

    expect(await refusal(0, ({ ports }) => (ports['router'] = port))).toContain(
      `port ${port} on 127.0.0.1 (ports.router) is held by process ${process.pid} (`,
    );
    expect(existsSync(state)).toBe(false);
  });

  it('refuses too little disk and leaves nothing behind', async () => {
    expect(await refusal(0, ({ needs }) => (needs['diskFirst'] = 10_000_000))).toContain(
      `too little disk for ${state}: 10000000 GiB needed`,
    );
    expect(existsSync(state)).toBe(false);
  });

  it('refuses too little memory and leaves nothing behind', async () => {
    expect(await refusal(0, ({ needs }) => (needs['memory'] = 10_000_000))).toContain(
      'too little memory: 10000000 GiB needed',
    );
    expect(existsSync(state)).toBe(false);
  });

  it('refuses another driver than that of the platform that runs', async () => {
    leaveEmbedded(process.pid);

    expect(await refusal(0, undefined, { driver: 'kind' })).toBe(
      `the platform in ${state} runs with the driver embedded, not kind`,
    );
    expect(readFileSync(createPaths(state).choice, 'utf8')).toContain('embedded');
  });

  it('asks only of the new driver what it needs where the one before does not run', async () => {
    leaveEmbedded(0);

    expect(await refusal(0, undefined, { driver: undefined, context: 'lab' })).toContain('there is no kubeconfig at');
  });

  it('asks for no memory that the platform uses itself already', async () => {
    leaveEmbedded(process.pid);

    expect(await refusal(0, wantMemory)).toBe('all is accepted');
  });

  it('asks for no memory of this machine where the cluster is elsewhere', async () => {
    const cluster = { server: 'https://192.0.2.7:6443' };
    const config = {
      clusters: [{ name: 'lab', cluster }],
      users: [{ name: 'me', user: { token: 't0ken' } }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'me' } }],
    };
    writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(config));
    vi.stubEnv('SLUICE_REGISTRY', 'registry.test/sluice');

    expect(await refusal(0, wantMemory, { driver: undefined, context: 'lab' })).toBe('all is accepted');
  });
});
