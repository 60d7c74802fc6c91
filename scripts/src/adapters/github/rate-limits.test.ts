import { describe, expect, it } from 'vitest';
import { gitHubLab, type GitHubLab } from '../../../test/github-lab.ts';
import { temporaryFolder } from '../../../test/temporary.ts';
import { virtualTime, type Elapsed } from '../../../test/virtual-time.ts';
import { createGit } from '../git.ts';
import type { Written } from '../writer.ts';
import type { PullRequest } from './index.ts';

const elapse = virtualTime();

/** What the throttling of Octokit leaves between calls that write, and between those that notify, in seconds. */
const pace = 4;

async function openPullRequest({ github, commit }: GitHubLab): Promise<Elapsed<PullRequest>> {
  await commit('promote/dev/web', { file: 'two' });
  const asked = { branch: 'promote/dev/web', base: 'deploy/dev', title: 'Promote web', body: 'What changes.' };
  return elapse(() => github.openPullRequest(asked));
}

async function write({ github, git }: GitHubLab): Promise<Elapsed<Written>> {
  const folder = await temporaryFolder();
  const clone = createGit(folder, { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' });
  await clone.run(['init', '--quiet', '.']);
  await clone.run(['remote', 'add', 'origin', (await git.run(['rev-parse', '--absolute-git-dir'])).stdout.trim()]);
  await clone.fetch('origin');
  const head = (await clone.resolve('refs/remotes/origin/deploy/dev')) ?? '';
  const by = { name: 'Ann', email: 'ann@example.invalid' };
  const request = { head, files: new Map([['web/release.yaml', 'a: b\n']]), message: 'Promote\n', by, at: 1 };
  return elapse(() => github.writer(clone, 'origin').write('deploy/dev', request));
}

describe('a rate limit', () => {
  it.each([
    { what: 'no limit', fault: undefined, waits: 0 },
    { what: '403 that says how long', fault: { kind: 'secondary rate limit', retryAfter: 20 }, waits: 20 },
    { what: '403 that does not', fault: { kind: 'secondary rate limit' }, waits: 60 },
    { what: '429', fault: { kind: 'secondary rate limit', status: 429, retryAfter: 20 }, waits: 20 },
    { what: 'primary', fault: { kind: 'primary rate limit', resetsIn: 30 }, waits: 30 },
  ] as const)('is waited for as long as it takes, then all is as ever: $what', async ({ fault, waits }) => {
    const lab = await gitHubLab();
    if (fault !== undefined) lab.server.fault({ on: 'pulls/create', ...fault });
    const { value, seconds } = await openPullRequest(lab);

    expect(value).toMatchObject({ number: 1, branch: 'promote/dev/web' });
    expect(lab.server.pulls()).toHaveLength(1);
    expect(lab.said).toHaveLength(fault === undefined ? 0 : 1);
    expect(seconds).toBeGreaterThanOrEqual(waits);
    expect(seconds).toBeLessThanOrEqual(waits + pace);
  });

  it.each([
    { what: 'no limit', fault: undefined, waits: 0 },
    { what: 'secondary', fault: { kind: 'secondary rate limit' }, waits: 60 },
    { what: 'primary', fault: { kind: 'primary rate limit', resetsIn: 30 }, waits: 30 },
  ] as const)('is waited for by what is written with GraphQL as well: $what', async ({ fault, waits }) => {
    const lab = await gitHubLab();
    if (fault !== undefined) lab.server.fault({ on: 'createCommitOnBranch', ...fault });
    const { value, seconds } = await write(lab);

    expect(value).toEqual({ state: 'landed', commit: await lab.git.resolve('refs/heads/deploy/dev') });
    expect(seconds).toBeGreaterThanOrEqual(waits);
    expect(seconds).toBeLessThanOrEqual(waits + pace);
  });

  it('that does not end is given up after five minutes, with nothing done', async () => {
    const lab = await gitHubLab();
    lab.server.fault({ on: 'pulls/create', kind: 'secondary rate limit', times: Infinity });
    const { error, seconds } = await openPullRequest(lab);

    expect(error?.message).toContain('GitHub limits how often it may be asked');
    expect(seconds).toBeGreaterThanOrEqual(240);
    expect(seconds).toBeLessThanOrEqual(300 + 6 * pace);
    expect(lab.server.pulls()).toEqual([]);
  });
});
