import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startGitHub, type GitHub, type GitHubOptions } from './github/github.ts';
import type { Workshop } from './workshop.ts';

export interface GitHubWorkshop extends Workshop {
  github: GitHub;
  /** From the next command on, all of them run in the pipeline, and this is who asks. */
  inPipeline(login: string): void;
  /** How many commits a branch has beyond another. */
  ahead(branch: string, base: string): Promise<number>;
}

const repository = 'acme/shop';
const url = `https://github.com/${repository}.git`;

/**
 * A workshop whose remote is `origin` on GitHub: `https://github.com/acme/shop.git` in its configuration, the same bare
 * repository for git (by `insteadOf`, which `git remote get-url` applies as well), and a server for the API, which
 * `GITHUB_API_URL` and `GITHUB_TOKEN` lead to. No hook of ours and no profile is there, and main has this repository's workflows.
 */
export async function onGitHub(workshop: Workshop, options: GitHubOptions = {}): Promise<GitHubWorkshop> {
  const { bare, clone, git, registry } = workshop;
  const config = await workshop.read('gitops.config.yaml');
  await workshop.push({
    'gitops.config.yaml': config.replace(/^registry: .*$/m, `registry: ${registry.host}`),
    '.github/workflows/carry-out.yaml': await workflow('carry-out.yaml'),
    '.github/workflows/reconcile.yaml': await workflow('reconcile.yaml'),
  });
  await rm(join(bare, 'hooks', 'update'), { force: true });
  await git('--git-dir', bare, 'config', '--unset', 'sluice.profile');
  await git('remote', 'rename', workshop.remote, 'origin');
  await git('remote', 'set-url', 'origin', url);
  await appendFile(join(clone, '..', 'gitconfig'), `[url "${bare}"]\n  insteadOf = ${url}\n`);
  const github = await startGitHub(bare, { repository, ...options });
  onTestFinished(github.stop);
  Object.assign(workshop.env, { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token });
  return Object.assign(workshop, {
    github,
    remote: 'origin',
    inPipeline(login: string) {
      Object.assign(workshop.env, { GITHUB_ACTIONS: 'true', GITHUB_ACTOR: login });
    },
    async ahead(branch: string, base: string) {
      return Number(await git('--git-dir', bare, 'rev-list', '--count', `${base}..${branch}`));
    },
  });
}

/**
 * A workshop on GitHub whose staging takes proposals and asks for one approval; what is named becomes verified in dev.
 * Commands run in the pipeline, and ann asks.
 */
export async function proposingWorkshop(workshop: Workshop, verified: readonly string[]): Promise<GitHubWorkshop> {
  const there = await onGitHub(workshop);
  const config = await there.read('gitops.config.yaml');
  const gates = 'landing: pull-request, gates: {verified: {}, approvals: {count: 1}}';
  await there.push({
    'gitops.config.yaml': config.replace('after: [dev], gates: {verified: {}}', `after: [dev], ${gates}`),
  });
  for (const app of verified) await there.record('dev', app, 'verified');
  there.inPipeline('ann');
  return there;
}

/** What reconciling makes of open proposals, by number; without a cluster the outcomes of landings stay unknown. */
export async function settleProposals(workshop: GitHubWorkshop): Promise<Record<number, string>> {
  const done = await workshop.sluice('reconcile', '--json');
  const { proposals, troubles } = JSON.parse(done.stdout) as {
    proposals: { number: number; state: string }[];
    troubles: string[];
  };
  if (troubles.length > 0) throw new Error(troubles.join('\n'));
  return Object.fromEntries(proposals.map(({ number, state }) => [number, state]));
}

/** A next version of web, delivered and verified in dev. */
export async function nextVersion(workshop: GitHubWorkshop, build: string): Promise<void> {
  await workshop.push({ 'services/web/index.js': `export const answer = ${build};\n` });
  const done = await workshop.sluice('deliver', '--build-number', build);
  if (!done.stderr.includes('landed')) throw new Error(done.stderr);
  await workshop.record('dev', 'web', 'verified');
}

function workflow(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, '../../.github/workflows', name), 'utf8');
}
