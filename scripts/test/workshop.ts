import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, onTestFinished } from 'vitest';
import { recordPath, type DeliveryRecord } from '../src/core/record.ts';
import { parseRelease, type ReleaseFile } from '../src/core/release-file.ts';
import { openBare } from './github/bare.ts';
import { startRegistry, type TestRegistry } from './registry-server.ts';
import { template } from './template.ts';
import { runHere, type Finished } from './run-here.ts';
import { temporaryFolder } from './temporary.ts';

const run = promisify(execFile);
const bin = join(import.meta.dirname, '..', 'bin.js');

export type { Finished };

/** A clone of the template, its remote with the real update hook, a registry, and a stand-in for docker's command line. */
export interface Workshop {
  clone: string;
  bare: string;
  /** What the clone calls its remote. */
  remote: string;
  registry: TestRegistry;
  /** What every process in it sees; what is changed here counts from the next one on. */
  env: NodeJS.ProcessEnv;
  git(...args: string[]): Promise<string>;
  /** Runs the pipeline's own command line in the clone; see runHere. */
  sluice(...args: string[]): Promise<Finished>;
  /** The same as a process of its own, for what is about processes. */
  sluiceApart(...args: string[]): Promise<Finished>;
  /** Writes files and commits them with all else that was changed. */
  write(files: Record<string, string>): Promise<void>;
  /** Writes files, commits and pushes them to main. */
  push(files: Record<string, string>): Promise<string>;
  read(path: string): Promise<string>;
  release(environment: string, app: string): Promise<ReleaseFile>;
  manifests(environment: string, app: string): Promise<string>;
  /** The holds of an environment, as its branch has them. */
  policy(environment: string): Promise<string>;
  /** Writes the record that following a landing would have written. */
  record(
    environment: string,
    app: string,
    state: DeliveryRecord['outcome']['state'],
    verb?: DeliveryRecord['verb'],
    /** When that was known. */
    at?: string,
  ): Promise<void>;
  /** Has the remote name a cluster, as the local platform's does. */
  useCluster(kubeconfig: string): Promise<void>;
  head(branch: string): Promise<string>;
  /** Everything that a command could have left: refs of remote and clone, the work tree, what the apps' images are. */
  traces(): Promise<Record<string, string[]>>;
}

/** Makes one from the template; `change` edits its files first. Everything of it is gone when the test is over. */
export async function createWorkshop(change: (files: Record<string, string>) => void = () => {}): Promise<Workshop> {
  const folder = await temporaryFolder();
  const registry = await startRegistry();
  onTestFinished(registry.stop);
  const workshop = await openWorkshop(folder, registry);
  await fill(workshop, folder, change);
  return workshop;
}

/** What tests of one file begin with is made once, and copied for each; all of it has one registry. */
const originals = new Map<string, Promise<string>>();
let registryOfCopies: Promise<TestRegistry> | undefined;

afterAll(async () => {
  for (const folder of originals.values()) await rm(await folder, { recursive: true, force: true });
  await (await registryOfCopies)?.stop();
});

/** A workshop whose two apps were delivered to dev as build 1. */
export async function deliveredWorkshop(): Promise<Workshop> {
  return copyOf(delivered());
}

/** A delivered workshop whose web is verified in dev and in staging. */
export async function promotedWorkshop(): Promise<Workshop> {
  return copyOf(promoted());
}

/** A promoted workshop with a second version of web, verified in dev and landed in staging. */
export async function secondVersionWorkshop(): Promise<Workshop> {
  return copyOf(secondVersion());
}

function delivered(): Promise<string> {
  return original('delivered', async (folder) => {
    const workshop = await openWorkshop(folder, await sharedRegistry());
    await fill(workshop, folder, () => {});
    const done = await workshop.sluice('deliver', '--build-number', '1');
    if (!done.stderr.includes('landed')) throw new Error(done.stderr);
  });
}

function promoted(): Promise<string> {
  return original('promoted', async (folder) => {
    const workshop = await copyTo(folder, delivered());
    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    await workshop.record('staging', 'web', 'verified');
  });
}

function secondVersion(): Promise<string> {
  return original('second version', async (folder) => {
    const workshop = await copyTo(folder, promoted());
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
  });
}

function original(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const made = originals.get(name) ?? makeOriginal(make);
  originals.set(name, made);
  return made;
}

async function makeOriginal(make: (folder: string) => Promise<void>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  await make(folder);
  return folder;
}

async function copyOf(made: Promise<string>): Promise<Workshop> {
  return copyTo(await temporaryFolder(), made);
}

async function copyTo(folder: string, made: Promise<string>): Promise<Workshop> {
  await cp(await made, folder, { recursive: true });
  const workshop = await openWorkshop(folder, await sharedRegistry());
  await workshop.git('remote', 'set-url', 'local', workshop.bare);
  await writeHook(workshop.bare);
  return workshop;
}

function sharedRegistry(): Promise<TestRegistry> {
  registryOfCopies ??= startRegistry();
  return registryOfCopies;
}

async function fill(
  workshop: Workshop,
  folder: string,
  change: (files: Record<string, string>) => void,
): Promise<void> {
  const { git, bare, clone, registry } = workshop;
  await writeFile(join(folder, 'gitconfig'), gitConfig);
  await mkdir(join(folder, 'bin'));
  for (const [name, text] of Object.entries(dockerStandIn(registry.host))) {
    await writeFile(join(folder, 'bin', name), text);
    await chmod(join(folder, 'bin', name), 0o755);
  }
  await mkdir(clone);
  await git('init', '--quiet', '--bare', bare);
  await git('init', '--quiet');
  await git('remote', 'add', 'local', bare);
  await git('--git-dir', bare, 'config', 'sluice.profile', 'local');
  const files = template();
  files['gitops.config.yaml'] = files['gitops.config.yaml']?.replace('REGISTRY', registry.host) ?? '';
  change(files);
  await workshop.push(files);
  const tree = (await git('hash-object', '-w', '-t', 'tree', '/dev/null')).trim();
  const empty = (await git('commit-tree', '-m', 'Start', tree)).trim();
  const branches = ['deploy/dev', 'deploy/staging', 'deploy/prod', 'delivery-records'];
  await git('push', '--quiet', 'local', ...branches.map((branch) => `${empty}:refs/heads/${branch}`));
  await writeHook(bare);
}

async function writeHook(bare: string): Promise<void> {
  const hook = join(bare, 'hooks', 'update');
  await writeFile(
    hook,
    `#!/bin/sh
# The local platform's does not ask about main either; most pushes of tests are of main, and Node.js takes long to start.
if [ "$1" = refs/heads/main ]; then exit 0; fi
exec "${process.execPath}" "${bin}" check --repository "${bare}" --ref "$1" --old "$2" --new "$3"
`,
  );
  await chmod(hook, 0o755);
}

const gitConfig = `[user]
  name = Test Person
  email = test@example.invalid
[init]
  defaultBranch = main
[gc]
  auto = 0
`;

async function openWorkshop(folder: string, registry: TestRegistry): Promise<Workshop> {
  const clone = join(folder, 'clone');
  const bare = join(folder, 'remote.git');
  const env: NodeJS.ProcessEnv = {
    // What a workflow on GitHub says of itself is not about this clone.
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GITHUB|GH)_/.test(name))),
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
    GIT_CONFIG_SYSTEM: '/dev/null',
    KUBECONFIG: join(folder, 'no-kubeconfig'),
    NODE_EXTRA_CA_CERTS: '',
    NO_COLOR: '1',
  };
  async function git(...args: string[]): Promise<string> {
    return (await run('git', args, { cwd: clone, env })).stdout;
  }
  async function write(files: Record<string, string>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(clone, path)), { recursive: true });
      await writeFile(join(clone, path), text);
    }
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'Change');
  }

  const show = async (branch: string, path: string): Promise<string> =>
    (await run('git', ['--git-dir', bare, 'show', `${branch}:${path}`], { env })).stdout;
  const workshop: Workshop = {
    clone,
    bare,
    remote: 'local',
    env,
    registry,
    git,
    sluice: (...args) => runHere(clone, env, args),
    async sluiceApart(...args) {
      try {
        return { code: 0, ...(await run(process.execPath, [bin, ...args], { cwd: clone, env })) };
      } catch (error) {
        const failed = error as { code: number; stdout: string; stderr: string };
        return { code: failed.code, stdout: failed.stdout, stderr: failed.stderr };
      }
    },
    write,
    async push(changed) {
      await write(changed);
      await git('push', '--quiet', workshop.remote, 'main');
      return (await git('rev-parse', 'HEAD')).trim();
    },
    read: (path) => readFile(join(clone, path), 'utf8'),
    release: async (environment, app) => parseRelease(await show(`deploy/${environment}`, `${app}/release.yaml`), app),
    policy: (environment) => show(`deploy/${environment}`, 'policy/holds.yaml'),
    manifests: (environment, app) => show(`deploy/${environment}`, `${app}/manifests.yaml`),
    async record(environment, app, state, verb, at = '2026-01-01T00:00:00.000Z') {
      const release = await workshop.release(environment, app);
      const landing = (
        await run('git', ['--git-dir', bare, 'log', '-1', '--format=%H', `deploy/${environment}`, '--', app], { env })
      ).stdout.trim();
      const record: DeliveryRecord = {
        app,
        environment,
        release: release.release,
        digest: release.digest,
        tag: release.tag,
        verb: verb ?? (release.from === undefined ? 'delivery' : 'promotion'),
        intent: release.intent,
        landing,
        by: 'Test Person <test@example.invalid>',
        at,
        outcome: { state, reason: 'seen by a test' },
      };
      const branch = 'refs/heads/delivery-records';
      const repository = openBare(bare);
      const parent = await repository.resolve(branch);
      const commit = await repository.commit({
        parent: parent ?? '',
        message: 'Record',
        author: 'Test Person <test@example.invalid>',
        at: Math.floor(Date.now() / 1000),
        additions: [{ path: recordPath(record), contents: Buffer.from(JSON.stringify(record)) }],
        deletions: [],
      });
      if (!(await repository.update(branch, commit, parent))) throw new Error(`${branch} has moved`);
    },
    async useCluster(kubeconfig) {
      await writeFile(join(folder, 'kubeconfig'), kubeconfig);
      await git('--git-dir', bare, 'config', 'sluice.kubeconfig', join(folder, 'kubeconfig'));
    },
    async traces() {
      const lines = async (...args: string[]): Promise<string[]> =>
        (await git(...args)).split('\n').filter((line) => line !== '' && !line.includes('refs/remotes/'));
      return {
        remote: await lines('--git-dir', bare, 'for-each-ref'),
        clone: await lines('for-each-ref'),
        edits: await lines('status', '--porcelain'),
        worktrees: await lines('worktree', 'list'),
        images: registry.images(),
      };
    },
    head: async (branch) => (await run('git', ['--git-dir', bare, 'rev-parse', branch], { env })).stdout.trim(),
  };
  return workshop;
}

/**
 * Answers as `docker info`, `docker buildx version`, `docker buildx build --push` and `docker buildx imagetools inspect` do.
 * The image's digest is that of the service's folder, so that equal sources give equal images; a Dockerfile that says
 * `RUN false` fails as a build would.
 */
function dockerStandIn(host: string): Record<string, string> {
  // Whether Docker answers is asked often, and needs no Node.js.
  const docker = `#!/bin/sh
case "$1 $2" in info*|*version) exit 0 ;; esac
exec node "$0.cjs" "$@"
`;
  const builds = `
const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const args = process.argv.slice(2);
const after = (name) => args[args.indexOf(name) + 1];
async function main() {
  if (args[1] === 'build') {
    const file = after('--file');
    if (readFileSync(file, 'utf8').includes('RUN false')) {
      console.error('ERROR: failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1');
      process.exit(1);
    }
    const [, name, tag] = /^[^/]+\\/(.+):([^:]+)$/.exec(after('--tag'));
    const body = execFileSync('git', ['rev-parse', 'HEAD:' + file.replace('/Dockerfile', '')]);
    const answer = await fetch('http://${host}/v2/' + name + '/manifests/' + tag, { method: 'PUT', body });
    if (!answer.ok) process.exit(1);
  }
  if (args[1] === 'imagetools') {
    const [, name, tag] = /^[^/]+\\/(.+):([^:]+)$/.exec(args[3]);
    const answer = await fetch('http://${host}/v2/' + name + '/manifests/' + tag, { method: 'HEAD' });
    console.log(answer.headers.get('docker-content-digest'));
  }
}
main();
`;
  return { docker, 'docker.cjs': builds };
}
