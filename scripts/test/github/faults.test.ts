import { describe, expect, it } from 'vitest';
import { commitInput, commitMutation, openLab, refusal } from './lab.ts';

const proposal = { head: 'promote/web', base: 'deploy/prod', title: 'Promote web' };

describe('a fault', () => {
  it.each(['done, 500', 'done, connection reset'] as const)(
    '%s: the work is done, and the caller does not learn it',
    async (kind) => {
      const { octokit, where, github, commit } = await openLab();
      await commit('promote/web');
      github.fault({ on: 'pulls/create', kind });
      const first = await refusal(octokit.rest.pulls.create({ ...where, ...proposal }));
      expect(first.status).toBe(500);
      expect(github.pulls()).toHaveLength(1);
      const again = await refusal(octokit.rest.pulls.create({ ...where, ...proposal }));
      expect(again.data.errors).toMatchObject([{ message: 'A pull request already exists for acme:promote/web.' }]);
    },
  );

  it('done, cut body: the work is done, and the answer breaks off after its head', async () => {
    const { where, github, commit } = await openLab();
    await commit('promote/web');
    github.fault({ on: 'pulls/create', kind: 'done, cut body' });
    const answer = await fetch(`${github.url}/repos/${where.owner}/${where.repo}/pulls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${github.token}` },
      body: JSON.stringify(proposal),
    });
    expect(answer.status).toBe(201);
    await expect(answer.text()).rejects.toThrow('terminated');
    expect(github.pulls()).toHaveLength(1);
  });

  it.each(['502', 'connection reset'] as const)('%s: nothing is done', async (kind) => {
    const { octokit, where, github, commit } = await openLab();
    await commit('promote/web');
    github.fault({ on: 'pulls/create', kind });
    expect((await refusal(octokit.rest.pulls.create({ ...where, ...proposal }))).status).toBe(
      kind === '502' ? 502 : 500,
    );
    expect(github.pulls()).toHaveLength(0);
    await octokit.rest.pulls.create({ ...where, ...proposal });
    expect(github.pulls()).toHaveLength(1);
  });

  it('stale head: somebody commits first, as often as it says', async () => {
    const { octokit, github, head, git } = await openLab();
    github.fault({ on: 'createCommitOnBranch', kind: 'stale head', times: 2, files: { 'web/file': 'theirs\n' } });
    const before = await head('deploy/prod');
    const attempt = async (): Promise<unknown> =>
      octokit.graphql(commitMutation, { input: commitInput('deploy/prod', await head('deploy/prod')) });
    await expect(attempt()).rejects.toThrow('Expected branch to point to');
    await expect(attempt()).rejects.toThrow('Expected branch to point to');
    expect(await git('show', 'deploy/prod:web/file')).toBe('theirs');
    await attempt();
    expect(await git('rev-list', '--count', `${before}..deploy/prod`)).toBe('3');
  });

  it('primary rate limit: says when the hour ends, by REST and by GraphQL', async () => {
    const now = new Date('2030-01-01T00:00:00Z');
    const { octokit, where, github } = await openLab({ now: () => now });
    github.fault({ on: '*', kind: 'primary rate limit', resetsIn: 3, times: 2 });
    const rest = await refusal(octokit.rest.pulls.list(where));
    expect(rest).toMatchObject({ status: 403, data: { message: 'API rate limit exceeded for installation ID 1.' } });
    expect(rest.headers).toMatchObject({
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(now.getTime() / 1000 + 3),
    });
    await expect(octokit.graphql('{ rateLimit { remaining } }')).rejects.toMatchObject({
      errors: [{ type: 'RATE_LIMIT' }],
      headers: { 'x-ratelimit-remaining': '0' },
    });
    await octokit.rest.pulls.list(where);
  });

  it.each([
    { status: 403, retryAfter: 2 },
    { status: 403, retryAfter: undefined },
    { status: 429, retryAfter: 2 },
  ] as const)('secondary rate limit: $status, retry-after $retryAfter', async ({ status, retryAfter }) => {
    const { octokit, where, github } = await openLab();
    github.fault({ on: 'pulls/list', kind: 'secondary rate limit', status, ...(retryAfter && { retryAfter }) });
    const limited = await refusal(octokit.rest.pulls.list(where));
    expect(limited.status).toBe(status);
    expect(limited.data.message).toContain('You have exceeded a secondary rate limit');
    expect(limited.headers['retry-after']).toBe(retryAfter === undefined ? undefined : String(retryAfter));
    await octokit.rest.pulls.list(where);
  });

  it('slow: the answer waits, and other calls go on', async () => {
    const { octokit, where, github } = await openLab();
    const gate = Promise.withResolvers<void>();
    github.fault({ on: 'git/get-ref', kind: 'slow', until: gate.promise });
    let answered = false;
    const slow = octokit.rest.git.getRef({ ...where, ref: 'heads/main' }).then(() => (answered = true));
    await octokit.rest.pulls.list(where);
    expect(answered).toBe(false);
    gate.resolve();
    expect(await slow).toBe(true);
  });

  it('that never strikes breaks the test', async () => {
    const { github } = await openLab({ stop: false });
    github.fault({ on: 'pulls/create', kind: '502' });
    await expect(github.stop()).rejects.toThrow('the fault "502" on pulls/create never struck');
  });
});
