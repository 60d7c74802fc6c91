import { describe, expect, it } from 'vitest';
import { gitHubLab } from '../../../test/github-lab.ts';
import { virtualTime } from '../../../test/virtual-time.ts';
import type { UserError } from '../../core/errors.ts';

const elapse = virtualTime();

describe('a limit of GitHub', () => {
  it.each([
    [{ kind: 'secondary rate limit', retryAfter: 2 }, 2],
    [{ kind: 'secondary rate limit', status: 429, retryAfter: 2 }, 2],
    // Where it says nothing, a minute is what its documentation asks for.
    [{ kind: 'secondary rate limit' }, 60],
    [{ kind: 'primary rate limit', resetsIn: 3 }, 3],
  ] as const)('is waited for as long as it says: %j', async (fault, least) => {
    const { github, server, said } = await gitHubLab();
    server.fault({ on: 'checks/list-for-ref', ...fault });
    const { error, seconds } = await elapse(() => github.checkRuns('main'));

    expect(error).toBeUndefined();
    expect(seconds).toBeGreaterThanOrEqual(least);
    expect(seconds).toBeLessThan(least + 3);
    expect(said).toEqual([expect.stringMatching(/^GitHub asks to wait \d+ s$/)]);
    expect(server.calls()).toHaveLength(2);
  });

  it('is not waited for any more when all waits together would be too long', async () => {
    const { github, server } = await gitHubLab();
    server.fault({ on: 'checks/list-for-ref', kind: 'secondary rate limit', retryAfter: 120, times: 9 });
    const { error, seconds } = await elapse(() => github.checkRuns('main'));

    expect(error?.message).toContain('GitHub limits how often it may be asked');
    expect(seconds).toBeLessThanOrEqual(300);
    expect(server.calls()).toHaveLength(3);
  });

  it.each([
    { kind: 'primary rate limit', resetsIn: 3600 },
    { kind: 'secondary rate limit', retryAfter: 301, status: 429 },
  ] as const)('that is further away than all waits may be together ends it at once: $kind', async (fault) => {
    const { github, server } = await gitHubLab();
    server.fault({ on: 'checks/list-for-ref', ...fault });
    const { error, seconds } = await elapse(() => github.checkRuns('main'));

    expect(error?.message).toContain('GitHub limits how often it may be asked');
    expect((error as UserError | undefined)?.hint).toContain('what was done already is found again');
    expect(seconds).toBeLessThan(1);
    expect(server.calls()).toHaveLength(1);
  });
});

describe('an answer that does not come', () => {
  it.each(['502', 'connection reset', 'done, cut body'] as const)('is asked for again: %s', async (kind) => {
    const { github, server } = await gitHubLab();
    await server.checkRun('main', 'ci-ok', 'success');
    server.fault({ on: 'checks/list-for-ref', kind });
    const { value } = await elapse(() => github.checkRuns('main'));

    expect(value).toEqual([{ name: 'ci-ok', status: 'completed', conclusion: 'success' }]);
  });

  it('is not asked for for ever', async () => {
    const { github, server } = await gitHubLab();
    server.fault({ on: 'checks/list-for-ref', kind: '502', times: 9 });
    const { error, seconds } = await elapse(() => github.checkRuns('main'));

    expect(error?.message).toBe('GitHub could not read the checks of main: Bad Gateway');
    expect(seconds).toBeLessThan(20);
    expect(server.calls()).toHaveLength(4);
  });
});
