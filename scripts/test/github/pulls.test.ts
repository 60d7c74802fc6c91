import { describe, expect, it } from 'vitest';
import { openLab, refusal, type Lab } from './lab.ts';

/** A lab with a branch `promote/web` that is one commit ahead of deploy/prod. */
async function proposalLab(): Promise<Lab> {
  const lab = await openLab();
  await lab.commit('promote/web');
  return lab;
}

const proposal = { head: 'promote/web', base: 'deploy/prod', title: 'Promote web', body: 'What changes.' };

describe('pull requests', () => {
  it('are opened, found by head and base, changed and closed', async () => {
    const { octokit, where, github, head } = await proposalLab();
    const { data: made } = await octokit.rest.pulls.create({ ...where, ...proposal });
    const find = { ...where, head: 'acme:promote/web', base: 'deploy/prod' };
    const { data: found } = await octokit.rest.pulls.list(find);
    const change = { ...where, pull_number: made.number, title: 'Promote web again', body: 'More.' };
    const { data: changed } = await octokit.rest.pulls.update(change);
    const closing = { ...where, pull_number: made.number, state: 'closed' } as const;
    const { data: closed } = await octokit.rest.pulls.update(closing);

    expect(made).toMatchObject({ number: 1, state: 'open', user: { login: 'sluice[bot]' }, merged: false });
    expect(made.head.sha).toBe(await head('promote/web'));
    expect(found.map(({ number }) => number)).toEqual([1]);
    expect(changed).toMatchObject({ title: 'Promote web again', body: 'More.', state: 'open' });
    expect(closed).toMatchObject({ state: 'closed', merged_at: null });
    expect((await octokit.rest.pulls.list(find)).data).toEqual([]);
    expect((await octokit.rest.pulls.list({ ...find, state: 'all' })).data).toHaveLength(1);
    expect(github.mutations()).toEqual(['pulls/create', 'pulls/update', 'pulls/update']);
  });

  it('are not filtered by a head without its owner, as on GitHub', async () => {
    const { octokit, where } = await proposalLab();
    await octokit.rest.pulls.create({ ...where, ...proposal });
    expect((await octokit.rest.pulls.list({ ...where, head: 'another' })).data).toHaveLength(1);
    expect((await octokit.rest.pulls.list({ ...where, head: 'acme:another' })).data).toEqual([]);
  });

  it('are one for a head and a base, as long as it is open', async () => {
    const { octokit, where } = await proposalLab();
    await octokit.rest.pulls.create({ ...where, ...proposal });
    const again = await refusal(octokit.rest.pulls.create({ ...where, ...proposal }));
    expect(again.status).toBe(422);
    expect(again.data).toMatchObject({
      message: 'Validation Failed',
      errors: [{ message: 'A pull request already exists for acme:promote/web.' }],
    });
    await octokit.rest.pulls.update({ ...where, pull_number: 1, state: 'closed' });
    expect((await octokit.rest.pulls.create({ ...where, ...proposal })).data.number).toBe(2);
    const reopened = await refusal(octokit.rest.pulls.update({ ...where, pull_number: 1, state: 'open' }));
    expect(reopened.status).toBe(422);
  });

  it('need commits between branches that exist and have a common history', async () => {
    const { octokit, where, git } = await proposalLab();
    const tree = await git('hash-object', '-t', 'tree', '/dev/null');
    const orphan = await git('-c', 'user.name=A', '-c', 'user.email=a@b', 'commit-tree', '-m', 'Other', tree);
    await git('update-ref', 'refs/heads/orphan', orphan);
    const said = async (head: string, base: string): Promise<unknown> =>
      (await refusal(octokit.rest.pulls.create({ ...where, ...proposal, head, base }))).data.errors?.[0];

    expect(await said('main', 'deploy/prod')).toMatchObject({ message: 'No commits between deploy/prod and main' });
    expect(await said('orphan', 'deploy/prod')).toMatchObject({
      message: 'The orphan branch has no history in common with deploy/prod',
    });
    expect(await said('none', 'deploy/prod')).toMatchObject({ field: 'head', code: 'invalid' });
    expect(await said('promote/web', 'none')).toMatchObject({ field: 'base', code: 'invalid' });
  });

  it('have a body of 65,536 characters at most', async () => {
    const { octokit, where } = await proposalLab();
    const body = 'x'.repeat(65_536);
    const longer = await refusal(octokit.rest.pulls.create({ ...where, ...proposal, body: `${body}x` }));
    expect(longer.data.errors).toEqual([
      {
        resource: 'PullRequest',
        code: 'custom',
        field: 'body',
        message: 'body is too long (maximum is 65536 characters)',
      },
    ]);
    await octokit.rest.pulls.create({ ...where, ...proposal, body });
    expect((await refusal(octokit.rest.pulls.update({ ...where, pull_number: 1, body: `${body}x` }))).status).toBe(422);
    const comment = octokit.rest.issues.createComment({ ...where, issue_number: 1, body: `${body}x` });
    expect((await refusal(comment)).status).toBe(422);
  });

  it('follow their branch, and are closed when it goes', async () => {
    const { octokit, where, commit, github } = await proposalLab();
    await octokit.rest.pulls.create({ ...where, ...proposal });
    const next = await commit('promote/web', { more: 'text' });
    expect((await octokit.rest.pulls.get({ ...where, pull_number: 1 })).data.head.sha).toBe(next);
    await octokit.rest.git.deleteRef({ ...where, ref: 'heads/promote/web' });
    expect((await octokit.rest.pulls.get({ ...where, pull_number: 1 })).data).toMatchObject({
      state: 'closed',
      merged: false,
    });
    expect(github.events().flatMap(({ event, action }) => (event === 'pull_request' ? [action] : []))).toEqual([
      'opened',
      'synchronize',
      'closed',
    ]);
  });

  it('are merged by whoever brings their head to their base', async () => {
    const { octokit, where, head } = await proposalLab();
    await octokit.rest.pulls.create({ ...where, ...proposal });
    await octokit.rest.git.updateRef({ ...where, ref: 'heads/deploy/prod', sha: await head('promote/web') });
    expect((await octokit.rest.pulls.get({ ...where, pull_number: 1 })).data).toMatchObject({
      state: 'closed',
      merged: true,
    });
    const reopened = await refusal(octokit.rest.pulls.update({ ...where, pull_number: 1, state: 'open' }));
    expect(reopened.status).toBe(422);
  });

  it('are told page by page', async () => {
    const { octokit, where, commit } = await openLab();
    for (const name of ['a', 'b', 'c']) {
      await commit(name);
      await octokit.rest.pulls.create({ ...where, head: name, base: 'main', title: name });
    }
    const all = await octokit.paginate(octokit.rest.pulls.list, { ...where, per_page: 2 });
    const one = await octokit.rest.pulls.list({ ...where, per_page: 2 });
    expect(all.map(({ title }) => title)).toEqual(['c', 'b', 'a']);
    expect(one.data.map(({ title }) => title)).toEqual(['c', 'b']);
  });
});

describe('reviews', () => {
  it('say who looked at which commit, and stay with it when the branch moves', async () => {
    const { octokit, where, github, commit, head } = await proposalLab();
    await octokit.rest.pulls.create({ ...where, ...proposal });
    const first = await head('promote/web');
    await github.review(1, 'ann');
    const second = await commit('promote/web', { more: 'text' });
    await github.review(1, 'bob', 'CHANGES_REQUESTED');
    const { data } = await octokit.rest.pulls.listReviews({ ...where, pull_number: 1 });
    expect(data.map(({ user, state, commit_id }) => [user?.login, state, commit_id])).toEqual([
      ['ann', 'APPROVED', first],
      ['bob', 'CHANGES_REQUESTED', second],
    ]);
  });

  it('are not given by the author', async () => {
    const { octokit, where, github } = await proposalLab();
    await octokit.rest.pulls.create({ ...where, ...proposal });
    await expect(github.review(1, 'sluice[bot]')).rejects.toThrow('Can not approve your own pull request');
  });
});

describe('comments', () => {
  it('are put under a pull request that exists', async () => {
    const { octokit, where } = await proposalLab();
    await octokit.rest.pulls.create({ ...where, ...proposal });
    await octokit.rest.issues.createComment({ ...where, issue_number: 1, body: 'Superseded.' });
    const { data } = await octokit.rest.issues.listComments({ ...where, issue_number: 1 });
    expect(data.map(({ body, user }) => [body, user?.login])).toEqual([['Superseded.', 'sluice[bot]']]);
    const elsewhere = octokit.rest.issues.createComment({ ...where, issue_number: 2, body: 'Superseded.' });
    expect((await refusal(elsewhere)).status).toBe(404);
  });
});
