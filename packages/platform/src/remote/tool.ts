import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, link, mkdir, readdir, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { isErrno, readJson, writeAtomically } from '../files.ts';
import { attempt, run } from '../run.ts';
import { short } from './commits.ts';
import type { RemoteLayout } from './layout.ts';
import { installDependencies } from './pnpm.ts';
import { identify } from '../linux/process.ts';

/** What the tool is made of, as paths in the repository. */
const parts = [
  'scripts',
  'packages/kustomize',
  'packages/toolchain',
  'packages/platform',
  'infrastructure/local',
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
];

const kept = 2;

export interface ToolSource {
  /** A checkout or bare repository that has the commit. */
  repository: string;
  commit: string;
  env: NodeJS.ProcessEnv;
  /** Told when an installation begins. */
  say(line: string): void;
}

/** The content of `tools/<key>/tool.json`, written once the tool has passed its self-test. */
interface ToolFile {
  /** The first commit that it was installed for. */
  commit: string;
  installed: string;
}

/**
 * Installs the tool that the hooks and the pipeline run, as it is at a commit, and switches `tools/current` to it.
 * Its key is the hash of the Git objects that it is made of, so the same tool is never installed twice.
 * Throws UserError where it cannot be installed or fails its self-test; then the one before stays in use.
 * Returns its folder.
 */
export async function installTool(layout: RemoteLayout, source: ToolSource): Promise<string> {
  const git = ['-C', source.repository];
  const list = await run('git', [...git, 'ls-tree', source.commit, '--', ...parts], { env: source.env });
  const key = createHash('sha256').update(list).digest('hex').slice(0, 16);
  const folder = join(layout.tools, key);
  if ((await readJson<ToolFile>(join(folder, 'tool.json'))) === undefined) {
    source.say(`sluice: installing the tool of commit ${short(source.commit)} for the hooks of the remote`);
    const draft = join(layout.tools, `${key}.${process.pid}.tmp`);
    await mkdir(draft, { recursive: true });
    try {
      const found = list.split('\n').flatMap((line) => line.split('\t')[1] ?? []);
      await unpack([...git, 'archive', '--format=tar', source.commit, '--', ...found], draft, source.env);
      await installDependencies(draft, ['--prod', '--ignore-scripts'], source.env);
      await ensureNode(draft);
      await testTool(draft, source);
      const file: ToolFile = { commit: source.commit, installed: new Date().toISOString() };
      await writeAtomically(join(draft, 'tool.json'), `${JSON.stringify(file)}\n`);
      await rm(folder, { recursive: true, force: true });
      await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  await switchTo(layout, key);
  await removeOldTools(layout, key);
  return folder;
}

/** The folder of the tool in use, or undefined where none is installed yet. */
export async function currentTool(layout: RemoteLayout): Promise<string | undefined> {
  try {
    return await realpath(layout.current);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The Node.js of a tool. */
export function nodeOf(tool: string): string {
  return join(tool, 'node_modules', '.bin', 'node');
}

/** Where Node.js keeps the tool's compiled modules, which halves its start; removed with the tool. */
export function compileCacheOf(tool: string): string {
  return join(tool, '.compile-cache');
}

async function unpack(archive: readonly string[], folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const from = spawn('git', archive, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const to = spawn('tar', ['-x', '-f', '-', '-C', folder], { env, stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  for (const stream of [from.stderr, to.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  to.stdin.on('error', () => undefined);
  from.stdout.pipe(to.stdin);
  const codes = (await Promise.all([once(from, 'close'), once(to, 'close')])).map(([code]) => code as number | null);
  if (codes.some((code) => code !== 0)) {
    throw new UserError(`cannot unpack the tool into ${folder}`, { hint: said.trim() });
  }
}

/** Where the packages bring no Node.js for this machine, the tool gets the one that installs it. */
async function ensureNode(folder: string): Promise<void> {
  const file = nodeOf(folder);
  if ((await stat(file).catch(() => undefined)) !== undefined) return;
  await mkdir(dirname(file), { recursive: true });
  const own = await realpath(process.execPath);
  await link(own, file).catch(async () => await copyFile(own, file));
}

async function testTool(folder: string, source: ToolSource): Promise<void> {
  const entries = [
    join(folder, 'scripts', 'bin.js'),
    join(folder, 'packages', 'platform', 'src', 'remote', 'post-receive.ts'),
  ];
  const results = await Promise.all(
    entries.map(async (entry) => {
      const signal = AbortSignal.timeout(30_000);
      return await attempt(nodeOf(folder), [entry, '--version'], { env: source.env, signal });
    }),
  );
  const failed = results.find((result) => result.code !== 0);
  if (failed === undefined) return;
  throw new UserError(
    `the tool of commit ${short(source.commit)} fails its self-test, so the one before stays in use`,
    {
      hint: withoutStack(failed.stderr).slice(-6).join('\n'),
    },
  );
}

function withoutStack(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !/^ {4}at |^Node\.js v/.test(line));
}

async function switchTo(layout: RemoteLayout, key: string): Promise<void> {
  const draft = join(layout.tools, `current.${process.pid}.tmp`);
  await rm(draft, { force: true });
  await symlink(key, draft);
  await rename(draft, layout.current);
}

/** Keeps the tool in use, the one before it and the one that runs this very process. */
async function removeOldTools(layout: RemoteLayout, current: string): Promise<void> {
  const found: { name: string; installed: string }[] = [];
  for (const name of await readdir(layout.tools)) {
    const pid = /\.(\d+)\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && identify(Number(pid)) === undefined) {
      await rm(join(layout.tools, name), { recursive: true, force: true });
    }
    const file = await readJson<ToolFile>(join(layout.tools, name, 'tool.json'));
    if (file !== undefined && /^[0-9a-f]{16}$/.test(name) && name !== current) {
      found.push({ name, installed: file.installed });
    }
  }
  const running = basename(join(import.meta.dirname, '..', '..', '..', '..'));
  const old = found.toSorted((a, b) => b.installed.localeCompare(a.installed)).slice(kept - 1);
  for (const { name } of old) {
    if (name !== running) await rm(join(layout.tools, name), { recursive: true, force: true });
  }
}
