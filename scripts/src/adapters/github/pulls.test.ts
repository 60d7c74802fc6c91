import { describe, expect, it } from 'vitest';
import { gitHubLab, type GitHubLab } from '../../../test/github-lab.ts';

const asked = { branch: 'promote/dev/web', base: 'deploy/dev', title: 'Promote web', body: 'text' };

async function withBranch(): Promise<GitHubLab> {
  const lab = await gitHubLab();
  await lab.commit(asked.branch, { file: 'two' });
  return lab;
}

describe('a pull request', () => {
  it.each(['done, connection reset', 'done, 500', 'done, cut body'] as const)(
    'is opened once, though the answer was lost: %s',
    async (kind) => {
      const { github, server } = await withBranch();
      server.fault({ on: 'pulls/create', kind });
      const opened = await github.openPullRequest(asked);

      expect(opened).toMatchObject({ number: 1, branch: asked.branch, by: 'sluice[bot]', body: 'text' });
      expect(server.pulls()).toHaveLength(1);
    },
  );

  it('is the one that is open already, and another once that was closed', async () => {
    const { github, server, git, commit, as } = await withBranch();
    const first = await github.openPullRequest(asked);
    const again = await as(server.token).openPullRequest({ ...asked, body: 'other' });
    await git.run(['update-ref', '-d', `refs/heads/${asked.branch}`]);
    expect(await github.openPullRequests()).toEqual([]);
    await commit(asked.branch, { file: 'three' });

    expect(again).toEqual(first);
    expect((await as(server.token).openPullRequest(asked)).number).toBe(2);
    expect(server.pulls().map(({ state }) => state)).toEqual(['closed', 'open']);
  });

  it('gets each comment once', async () => {
    const { github, server, as } = await withBranch();
    const { number } = await github.openPullRequest(asked);
    await as(server.token).commentOnce(number, 'Landed.');
    await github.commentOnce(number, 'Landed.');

    expect(server.pulls()[0]?.comments.map(({ body }) => body)).toEqual(['Landed.']);
  });

  it('gets each comment once, though the list of them, or the answer to one, broke off in the middle', async () => {
    const { github, server, as } = await withBranch();
    const { number } = await github.openPullRequest(asked);
    for (const on of ['issues/create-comment', 'issues/list-comments']) {
      server.fault({ on, kind: 'done, cut body' });
      await as(server.token).commentOnce(number, 'Landed.');
    }

    expect(server.pulls()[0]?.comments.map(({ body }) => body)).toEqual(['Landed.']);
  });

  it('keeps the reviews that it has, though the list of them broke off in the middle', async () => {
    const { github, server } = await withBranch();
    const { number } = await github.openPullRequest(asked);
    await server.review(number, 'ann', 'CHANGES_REQUESTED');
    server.fault({ on: 'pulls/list-reviews', kind: 'done, cut body' });

    expect(await github.reviews(number)).toMatchObject([{ login: 'ann', state: 'changes requested' }]);
  });

  it('is judged by the last word of each person who may write', async () => {
    const { github, server } = await withBranch();
    const { number, head } = await github.openPullRequest(asked);
    server.restrict('reader', 'read');
    server.restrict('stranger', 'none');
    await server.review(number, 'ann', 'CHANGES_REQUESTED');
    await server.review(number, 'ann', 'APPROVED');
    await server.review(number, 'ann', 'COMMENTED');
    await server.review(number, 'bob', 'APPROVED');
    await server.review(number, 'bob', 'DISMISSED');
    await server.review(number, 'eve', 'APPROVED');
    await server.review(number, 'eve', 'CHANGES_REQUESTED');
    await server.review(number, 'reader');
    await server.review(number, 'stranger');
    await server.review(number, 'renovate[bot]');

    expect((await github.reviews(number)).map(({ login, state, commit }) => [login, state, commit])).toEqual([
      ['ann', 'approved', head],
      ['eve', 'changes requested', head],
    ]);
  });
});
