import { createHash } from 'node:crypto';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import type { ToolchainOptions, ToolEvent } from '../types.ts';

export interface Fixture extends ToolchainOptions {
  events: ToolEvent[];
}

/** Go is needed for the tests that build; a machine without it runs the others. */
export const hasGo = spawnSync('go', ['version']).status === 0;

/** Compiling the runtime takes seconds: the builds of one run share it. */
const sharedBuild = join(tmpdir(), `sluice-toolchain-test-${process.pid}`);
afterAll(() => void spawnSync('rm', ['-rf', sharedBuild]));

/** A source pin of the tiny module that `repository` writes. */
function sourcePin(...binaries: string[]) {
  return { packages: Object.fromEntries(binaries.map((name) => [name, `./${name}`])) };
}

/** Makes a repository root with one pinned tool, `hello`, and its Go module, and a state folder. */
export async function repository(pin: { binaries: string[] } & Record<string, unknown>): Promise<Fixture> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-toolchain-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const module = join(root, 'infrastructure/local/tools/hello');
  await mkdir(module, { recursive: true });
  await writeFile(join(module, 'go.mod'), 'module example.test/hello\n\ngo 1.26\n');
  for (const name of pin.binaries) {
    await mkdir(join(module, name));
    await writeFile(join(module, name, 'main.go'), `package main\n\nfunc main() { println("${name}") }\n`);
  }
  const tools = { hello: { version: '1.0.0', source: sourcePin(...pin.binaries), ...pin } };
  await writeFile(join(root, 'infrastructure/local/tools.yaml'), stringify({ tools }));
  const state = join(root, 'state');
  await mkdir(sharedBuild, { recursive: true });
  await mkdir(state);
  await symlink(sharedBuild, join(state, 'build'));
  const events: ToolEvent[] = [];
  const env = { ...process.env, GOPROXY: 'off', SLUICE_MIRROR: undefined };
  return { root, state, env, events, arch: 'amd64', onEvent: (event) => events.push(event) };
}

/** An environment in which no command is found. */
export function withoutCommands(fixture: Fixture): Fixture {
  return { ...fixture, env: { ...fixture.env, PATH: join(fixture.root, 'empty') } };
}

/** Serves the given bodies by path, and counts the requests. */
export async function serve(bodies: Record<string, string | Buffer>): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const body = bodies[request.url ?? ''];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Calls one of both in a process of its own, which writes each event and at last the answer as a line of JSON. */
export function ensureInProcess(
  fixture: Fixture,
  call: 'ensureTool' | 'ensureFiles' = 'ensureTool',
): ChildProcess & { done: Promise<Record<string, unknown>[]> } {
  const { root, state, arch } = fixture;
  const program = `
    import { ${call} } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    const write = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
    write(await ${call}('hello', { ...${JSON.stringify({ root, state, arch })}, env: process.env, onEvent: write }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: fixture.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const done = new Promise<Record<string, unknown>[]>((resolve) => {
    child.on('close', () => {
      const lines = text.split('\n').filter((line) => line !== '');
      resolve(lines.map((line) => JSON.parse(line) as Record<string, unknown>));
    });
  });
  return Object.assign(child, { done });
}
