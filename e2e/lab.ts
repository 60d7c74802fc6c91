import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request, type RequestOptions } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stateFolder } from '@sluice/toolchain';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

export interface Finished {
  code: number;
  /** Standard output and standard error in the order of their coming. */
  output: string;
  stdout: string;
  seconds: number;
  /** The longest time without a word, in seconds. */
  silence: number;
}

/** A program that runs: its output so far, and its end. */
export interface Running {
  pid: number;
  output(): string;
  ended: Promise<Finished>;
}

/** New texts of files by path. */
export type Changes = Record<string, (text: string) => string>;

/** A clone of this repository, and a platform of its own that shares nothing with one of yours but tools and base images. */
export interface Lab {
  clone: string;
  state: string;
  env: NodeJS.ProcessEnv;
  start(command: string, ...args: string[]): Running;
  /** Runs a script of the clone's package.json. */
  pnpm(...args: string[]): Promise<Finished>;
  startPnpm(...args: string[]): Running;
  git(...args: string[]): Promise<string>;
  /** Edits files of the clone and commits; gives the commit. */
  commit(changes: Changes): Promise<string>;
  /** Commits edits and pushes to the platform's remote; the push's output streams the pipeline. */
  push(changes: Changes): Promise<Finished>;
  kubectl(...args: string[]): Promise<string>;
  json<T>(...args: string[]): Promise<T>;
  /** A GET through the router. */
  get(host: string, path: string, headers?: Record<string, string>): Promise<{ status: number; body: string }>;
  remove(): Promise<void>;
}

/** Makes the clone of HEAD and the state folder; nothing of the platform runs yet. */
export async function createLab(): Promise<Lab> {
  const { packageManager } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  const shared = stateFolder(process.env);
  const state = `${shared}-e2e`;
  for (const each of ['tools', 'build', 'images']) {
    await mkdir(join(shared, each), { recursive: true });
    await mkdir(state, { recursive: true });
    if (!existsSync(join(state, each))) await symlink(join(shared, each), join(state, each));
  }
  const folder = await mkdtemp(join(tmpdir(), 'sluice-e2e-'));
  const clone = join(folder, 'clone');
  const env = cleanEnvironment(state);
  await run('git', ['clone', '--quiet', root, clone]);
  await run('git', ['checkout', '--quiet', '-B', 'main'], { cwd: clone });
  await run('git', ['config', 'user.name', 'Test Person'], { cwd: clone });
  await run('git', ['config', 'user.email', 'test@example.invalid'], { cwd: clone });

  function start(command: string, ...args: string[]): Running {
    const child = spawn(command, args, { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const began = Date.now();
    let [output, stdout, last, silence] = ['', '', began, 0];
    function take(chunk: Buffer): void {
      output += chunk.toString();
      silence = Math.max(silence, Date.now() - last);
      last = Date.now();
    }
    child.stdout.on('data', take);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', take);
    const ended = new Promise<Finished>((resolve) => {
      child.on('close', (code) =>
        resolve({ code: code ?? 137, output, stdout, seconds: (Date.now() - began) / 1000, silence: silence / 1000 }),
      );
    });
    return { pid: child.pid ?? 0, output: () => output, ended };
  }
  const startPnpm = (...args: string[]): Running => start('npx', '--yes', packageManager, ...args);
  const kubectl = async (...args: string[]): Promise<string> =>
    (
      await run(join(state, 'bin', 'kubectl'), ['--kubeconfig', join(state, 'kubeconfig'), ...args], {
        maxBuffer: 1 << 26,
      })
    ).stdout;
  const git = async (...args: string[]): Promise<string> => (await run('git', args, { cwd: clone, env })).stdout;

  async function commit(changes: Changes): Promise<string> {
    for (const [path, change] of Object.entries(changes)) {
      const file = join(clone, path);
      const text = await readFile(file, 'utf8');
      const changed = change(text);
      if (changed === text) throw new Error(`the edit of ${path} changes nothing`);
      await writeFile(file, changed);
    }
    await git('commit', '--quiet', '--all', '--message', `Edit ${Object.keys(changes).join(', ')}`);
    return (await git('rev-parse', 'HEAD')).trim();
  }

  return {
    clone,
    state,
    env,
    start,
    startPnpm,
    pnpm: (...args) => startPnpm(...args).ended,
    git,
    commit,
    async push(changes) {
      await commit(changes);
      return start('git', 'push', 'local', 'main').ended;
    },
    kubectl,
    json: async (...args) => JSON.parse(await kubectl(...args, '-o', 'json')),
    get,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The environment of a person who has just cloned: nothing of the script that runs this suite, or of its packages. */
function cleanEnvironment(state: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(vitest|npm_|pnpm_|node_env$|node_options$|init_cwd$)/i.test(name),
  );
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path.join(':'), SLUICE_STATE: state, NO_COLOR: '1' };
}

function get(
  host: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return ask(`http://127.0.0.1:8080${path}`, { headers: { ...headers, host } });
}

/**
 * A GET; fails where no answer comes within 5 s. `agent: false` opens a connection for it alone.
 *
 * A connection that is given up stays open until `signal`, and with it its port: for two minutes the kernel sends
 * whatever comes from that port to where this one went, which may be a pod that is gone.
 */
export function ask(
  address: string,
  options: Pick<RequestOptions, 'agent' | 'headers' | 'signal'>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(address, { ...options, timeout: 5000 }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.on('timeout', () => {
      sent.socket?.unref();
      reject(new Error('no answer within 5 s'));
    });
    sent.end();
  });
}

/** Looks again until `look` gives something, at most for some seconds; says what it waited for when it never does. */
export async function eventually<T>(
  what: string,
  seconds: number,
  look: () => Promise<T | undefined | false>,
): Promise<T> {
  const ends = Date.now() + seconds * 1000;
  let trouble: unknown;
  while (Date.now() < ends) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      trouble = error;
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
  throw new Error(`${what} did not come within ${seconds} s`, { cause: trouble });
}

/** A figure for the log; never judged. */
export function measured(what: string, figure: string): void {
  process.stdout.write(`measured: ${what}: ${figure}\n`);
}
