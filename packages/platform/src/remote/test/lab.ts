import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../run.ts';
import { ensureRemote } from '../ensure-remote.ts';
import type { RemoteHost } from '../host.ts';
import { remoteLayout, type RemoteLayout } from '../layout.ts';
import { stopPipeline } from '../pipeline.ts';

/** What the stand-in for `deliver` does at a commit, as the file `deliver.json` of that commit. */
export interface Script {
  /** Lines on standard error, one every `every` ms. */
  lines?: string[];
  every?: number;
  /** The last line on standard output. */
  outcome?: string;
  exit?: number;
  /** Goes on until this file exists. */
  until?: string;
}

export interface Lab {
  folder: string;
  checkout: string;
  host: RemoteHost;
  layout: RemoteLayout;
  notes: string[];
  git(...args: string[]): Promise<string>;
  /** Commits a script for the stand-in and returns the commit. */
  commit(script: Script): Promise<string>;
  push(...args: string[]): Push;
  close(): Promise<void>;
}

export interface Push {
  pid: number;
  /** All that came to the terminal so far. */
  text(): string;
  /** Resolves when the output has such a line. */
  said(pattern: RegExp): Promise<void>;
  ended: Promise<{ code: number | null; lines: string[]; milliseconds: number }>;
}

const source = join(import.meta.dirname, '..', '..');
const scripts = join(dirname(import.meta.resolve('@sluice/scripts/errors').replace('file://', '')), '..', '..');

const tool = `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
const [command, ...args] = process.argv.slice(2);
if (command === 'check') {
  const ref = args[args.indexOf('--ref') + 1];
  if (ref === 'refs/heads/deploy/dev') process.exit(0);
  process.stderr.write('error: ' + ref + ' is written by promotion only\\n');
  process.exit(3);
}
if (command === 'deliver') {
  writeFileSync('environment.json', JSON.stringify(process.env));
  const script = JSON.parse(readFileSync('deliver.json', 'utf8'));
  process.stderr.write('build ' + args[args.indexOf('--build-number') + 1] + '\\n');
  for (const line of script.lines ?? []) {
    process.stderr.write(line + '\\n');
    await pause(script.every ?? 0);
  }
  while (script.until !== undefined && !existsSync(script.until)) await pause(20);
  if (script.outcome !== undefined) console.log(script.outcome);
  process.exitCode = script.exit ?? 0;
}
`;

const lockfile = `lockfileVersion: '9.0'

importers:

  .: {}

  packages/platform:
    dependencies:
      '@sluice/scripts':
        specifier: workspace:*
        version: link:../../scripts

  scripts: {}
`;

/** Git without the settings of whoever runs the tests. */
const env: NodeJS.ProcessEnv = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@localhost',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@localhost',
};

/** A checkout whose tool is this package's Git remote as it is, with a stand-in for the commands of scripts/. */
async function createCheckout(folder: string): Promise<void> {
  const { packageManager } = JSON.parse(await readFile(join(source, '..', '..', '..', 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  const files: Record<string, string> = {
    'package.json': JSON.stringify({ name: 'lab', private: true, packageManager }),
    'pnpm-workspace.yaml': 'packages: [scripts, packages/*]\npmOnFail: ignore\n',
    'pnpm-lock.yaml': lockfile,
    'gitops.config.yaml': 'environments:\n  - name: dev\n  - name: staging\n  - name: prod\n',
    '.gitignore': 'node_modules/\nenvironment.json\n',
    'deliver.json': '{}',
    'scripts/package.json': JSON.stringify({
      name: '@sluice/scripts',
      type: 'module',
      exports: { './errors': './src/core/errors.ts' },
    }),
    'scripts/bin.js': tool,
    'packages/platform/package.json': JSON.stringify({
      name: '@sluice/platform',
      type: 'module',
      dependencies: { '@sluice/scripts': 'workspace:*' },
    }),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await cp(join(scripts, 'src', 'core', 'errors.ts'), join(folder, 'scripts', 'src', 'core', 'errors.ts'));
  const platform = join(folder, 'packages', 'platform', 'src');
  for (const name of ['run.ts', 'files.ts', 'linux/process.ts', 'remote']) {
    await cp(join(source, name), join(platform, name), {
      recursive: true,
      filter: (path) => !path.endsWith('.test.ts') && !path.endsWith('/test'),
    });
  }
  const git = async (...args: string[]): Promise<string> => await run('git', ['-C', folder, ...args], { env });
  await git('init', '--quiet', '-b', 'main');
  await git('add', '--all');
  await git('commit', '--quiet', '-m', 'First');
}

/** A lab with an empty remote and the tool of its checkout. */
export async function createLab(): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-remote-'));
  const checkout = join(folder, "the user's checkout");
  await createCheckout(checkout);
  const state = join(folder, 'state');
  const notes: string[] = [];
  const repository = join(state, 'remote', 'sluice.git');
  const host: RemoteHost = {
    root: checkout,
    env,
    paths: { remote: repository, bin: join(state, 'bin') },
    driver: { kubeconfig: join(state, 'kubeconfig'), registry: '127.0.0.1:5000', localImages: true },
    progress: { note: (line) => void notes.push(line) },
  };
  const layout = remoteLayout(repository);
  await ensureRemote(host);
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', ['-C', checkout, ...args], { env })).trim();
  return {
    folder,
    checkout,
    host,
    layout,
    notes,
    git,
    commit: async (script) => {
      await writeFile(join(checkout, 'deliver.json'), JSON.stringify(script));
      await git('commit', '--quiet', '--allow-empty', '-am', script.outcome ?? 'Change');
      return await git('rev-parse', 'HEAD');
    },
    push: (...args) => startPush(checkout, args),
    close: async () => {
      await stopPipeline(host);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function startPush(checkout: string, args: readonly string[]): Push {
  const began = performance.now();
  // A process group of its own, as a shell gives to a command in a terminal.
  const child = spawn('git', ['push', ...args], {
    cwd: checkout,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<{ code: number | null; lines: string[]; milliseconds: number }>((resolve) => {
    child.once('close', (code) => resolve({ code, lines: remoteLines(text), milliseconds: performance.now() - began }));
  });
  return {
    pid: child.pid ?? 0,
    text: () => text,
    ended,
    said: async (pattern) => {
      await new Promise<void>((resolve, reject) => {
        function look(): void {
          if (!pattern.test(text)) return;
          listeners.delete(look);
          resolve();
        }
        listeners.add(look);
        void ended.then(() => reject(new Error(`the push ended without ${String(pattern)}:\n${text}`)));
        look();
      });
    },
  };
}

/** The lines that came from the hook, without Git's prefix and the blanks that it fills them with. */
function remoteLines(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith('remote: ') ? [line.slice('remote: '.length).trimEnd()] : []));
}
