import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createGit, type Git } from '../src/adapters/git.ts';
import { createGitWriter } from '../src/adapters/git-writer.ts';
import { readBranchState, isStateFile, deployBranch } from '../src/core/branch-state.ts';
import { imageTag, planDelivery } from '../src/core/delivery.ts';
import { inputsOf } from '../src/core/inputs.ts';
import { planFiles, planOf } from '../src/core/plan.ts';
import { formatRecord, recordPath, recordsBranch, type DeliveryRecord } from '../src/core/record.ts';
import { readWorkspace } from '../src/core/workspace.ts';
import { renderer, renderReleases } from '../src/steps/render.ts';
import { readConfig } from '../src/steps/config.ts';
import { createSources, inputsSnapshot, mainSnapshot } from '../src/steps/sources.ts';
import { writeMain } from './fleet-files.ts';

/** A repository of many apps with its remote: every release verified in dev, nothing beyond. */
export interface Fleet {
  folder: string;
  /** A clone whose remote is `origin`. */
  clone: string;
  /** The remote, with the guard as its hook. */
  bare: string;
  env: NodeJS.ProcessEnv;
  apps: string[];
  /** The command line of the tool. */
  bin: string;
  clear(): Promise<void>;
}

export interface FleetSize {
  apps: number;
  /** Copies of the small app that tests use, instead of copies of the apps of this repository. */
  small?: boolean | undefined;
  /** How many releases each app has had in dev, one after the other; one unless said otherwise. */
  releases?: number | undefined;
  /** Further files on main, as a grown repository has them. */
  files?: number | undefined;
  /** Packages that the services use in turn, each of some files. */
  packages?: number | undefined;
  filesPerPackage?: number | undefined;
}

const repository = resolve(import.meta.dirname, '../..');
const who = { name: 'Bench', email: 'bench@example.invalid' };
const at = 1_767_225_600;

/** Makes a fleet of this repository's own apps, copied in turn under numbered names. */
export async function createFleet(size: FleetSize): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const [clone, bare] = [join(folder, 'clone'), join(folder, 'remote.git')];
  const env = { ...process.env, ...(await gitEnvironment(folder)), NO_COLOR: '1', CI: '' };
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: clone, env, encoding: 'utf8' });
  await mkdir(clone);
  const apps = await writeMain(clone, size);
  execFileSync('git', ['init', '--quiet', '--bare', bare], { env });
  git('init', '--quiet');
  git('remote', 'add', 'origin', bare);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Start');
  git('push', '--quiet', 'origin', 'main');
  const tree = git('hash-object', '-w', '-t', 'tree', '/dev/null').trim();
  const empty = git('commit-tree', '-m', 'Start', tree).trim();
  const branches = [...['dev', 'staging', 'prod'].map(deployBranch), recordsBranch];
  git('push', '--quiet', 'origin', ...branches.map((branch) => `${empty}:refs/heads/${branch}`));
  let heads = { dev: empty, records: empty };
  for (let release = 1; release <= (size.releases ?? 1); release++) {
    if (release > 1) {
      for (const app of apps)
        await writeFile(join(clone, 'services', app, 'file-1.js'), `export const answer = -${release};\n`);
      git('commit', '--quiet', '--all', '--message', `Release ${release}`);
    }
    heads = await deliverAll(createGit(clone, env), heads, apps, release);
  }
  git('push', '--quiet', 'origin', 'main');
  const bin = join(repository, 'scripts/bin.js');
  const hook = join(bare, 'hooks/update');
  const check = `"${process.execPath}" "${bin}" check --repository "${bare}" --ref "$1" --old "$2" --new "$3"`;
  await writeFile(hook, `#!/bin/sh\nexec ${check}\n`);
  await chmod(hook, 0o755);
  return { folder, clone, bare, env, apps, bin, clear: () => rm(folder, { recursive: true, force: true }) };
}

/** Another clone of a fleet's remote, or of another one. */
export function cloneOf({ folder, bare, env }: Fleet, name: string, remote = bare): string {
  const clone = join(folder, name);
  execFileSync('git', ['clone', '--quiet', remote, clone], { env });
  return clone;
}

/** A copy of a fleet's remote that takes every push: what peers push to. */
export function unguarded({ folder, bare, env }: Fleet): string {
  const copy = join(folder, 'unguarded.git');
  execFileSync('git', ['clone', '--quiet', '--mirror', bare, copy], { env });
  return copy;
}

async function gitEnvironment(folder: string): Promise<NodeJS.ProcessEnv> {
  const file = join(folder, 'gitconfig');
  const settings = `[user]\n  name = ${who.name}\n  email = ${who.email}\n[init]\n  defaultBranch = main\n[gc]\n  auto = 0\n`;
  await writeFile(file, settings);
  return { GIT_CONFIG_GLOBAL: file, GIT_CONFIG_SYSTEM: '/dev/null', KUBECONFIG: join(folder, 'none') };
}

/** Puts every app on deploy/dev as a delivery would, and on record as verified; the hook comes after. */
async function deliverAll(
  git: Git,
  heads: { dev: string; records: string },
  apps: readonly string[],
  build: number,
): Promise<{ dev: string; records: string }> {
  const writer = createGitWriter(git, 'origin');
  const revision = (await git.resolve('HEAD')) ?? '';
  const main = await mainSnapshot(git, revision);
  const config = await readConfig(main, { profile: undefined, registry: undefined });
  const [environment] = config.environments;
  if (environment === undefined) throw new Error('the fleet has environments');
  const target = readBranchState('dev', await git.snapshot(heads.dev, { wanted: isStateFile }));
  const inputs = await inputsSnapshot(git, main);
  const workspace = readWorkspace(inputs);
  const digest = `sha256:${createHash('sha256').update(revision).digest('hex')}`;
  const image = { tag: imageTag(revision, build), digest, revision };
  const planned = apps.map((app) => {
    const due = {
      app,
      because: ['new' as const],
      needsImage: true,
      inputs: inputsOf(config, inputs, workspace, app, 'dev'),
    };
    return planDelivery(config, environment, main, due, image, target, renderer);
  });
  const manifests = await renderReleases(
    config,
    planned.map(({ release }) => ({ release, replaced: target.manifests.get(release.app) })),
    createSources(git),
  );
  const changes = planned.map((each, index) => ({ ...each, manifests: manifests[index] ?? '', verdicts: [] }));
  const by = `${who.name} <${who.email}>`;
  const plan = planOf({ verb: 'delivery', target, configuredBy: revision, by, allowed: [] }, changes);
  const landed = await writer.write(deployBranch('dev'), {
    head: heads.dev,
    files: planFiles(plan),
    message: 'Deliver',
    by: who,
    at,
  });
  if (landed.state !== 'landed') throw new Error(landed.state);
  const records = planned.map(({ app, release }): DeliveryRecord => ({
    app,
    environment: 'dev',
    release: release.release,
    digest: release.digest,
    tag: release.tag,
    verb: 'delivery',
    intent: '0'.repeat(16),
    landing: landed.commit,
    by,
    at: new Date(at * 1000).toISOString(),
    outcome: { state: 'verified', reason: 'seen' },
  }));
  const files = new Map(records.map((each) => [recordPath(each), formatRecord(each)]));
  const recorded = await writer.write(recordsBranch, { head: heads.records, files, message: 'Record', by: who, at });
  if (recorded.state !== 'landed') throw new Error(recorded.state);
  return { dev: landed.commit, records: recorded.commit };
}
