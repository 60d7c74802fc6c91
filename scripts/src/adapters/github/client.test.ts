import { describe, expect, it } from 'vitest';
import { failure, gitHubLab } from '../../../test/github-lab.ts';

describe('the API of GitHub', () => {
  it('is asked as whoever the token belongs to', async () => {
    const { github, as, server } = await gitHubLab();

    expect(await github.login()).toBe('sluice[bot]');
    expect(await as(server.issue({ kind: 'person', login: 'ann' })).login()).toBe('ann');
  });

  it('is not asked without a token, and which one is needed is said', async () => {
    const { as, server } = await gitHubLab();
    const failed = await failure(as(undefined).checkRuns('main'));

    expect(failed.message).toBe('there is no token to read the checks of main with');
    expect(failed.hint).toContain('set GH_TOKEN to a token for github.com with checks: read on acme/shop');
    expect(server.calls()).toEqual([]);
  });

  it('names the permission that a token lacks, at once, and shows no token', async () => {
    const { as, server } = await gitHubLab();
    const token = server.issue({ permissions: { metadata: 'read' } });
    const rest = await failure(as(token).checkRuns('main'));
    const open = await failure(as(token).openPullRequest({ branch: 'a', base: 'main', title: '', body: '' }));

    expect(rest.message).toBe('GitHub refused to read the checks of main: Resource not accessible by integration');
    expect(rest.hint).toBe('the token lacks the permission checks: read');
    expect(open.hint).toBe('the token lacks the permission pull_requests: write');
    expect(server.calls()).toHaveLength(2);
    expect(`${rest.text}${open.text}`).not.toContain(token);
  });

  it('says what to do about a token that has expired, and shows it nowhere', async () => {
    const { github, server } = await gitHubLab();
    await github.checkRuns('main');
    server.expire(server.token);
    const failed = await failure(github.checkRuns('main'));

    expect(failed.message).toContain('GitHub does not accept the token');
    expect(failed.hint).toContain('run the job again');
    expect(failed.text).not.toContain(server.token);
  });
});
