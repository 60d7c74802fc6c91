import { describe, expect, it } from 'vitest';
import { gitHubLab, pipelineOf } from '../../test/github-lab.ts';
import { virtualTime } from '../../test/virtual-time.ts';
import { systemClock } from '../adapters/clock.ts';
import type { Context } from '../context.ts';
import type { UserError } from '../core/errors.ts';
import type { Writing } from '../core/plan.ts';
import { formatPolicy, noPolicy, policyFolder } from '../core/policy.ts';
import { land, type Landing } from './land.ts';

const by = { name: 'ann', email: 'ann@users.noreply.github.com' };
const context = { clock: systemClock } as Context;
const elapse = virtualTime();

/** Holds web in dev while somebody else commits there first, so often. */
async function race(times: number): Promise<{
  landing: Promise<Landing<Writing> | undefined>;
  commits(): Promise<number>;
  mutations(): string[];
}> {
  const lab = await gitHubLab();
  const repository = await pipelineOf(lab);
  const { git } = repository;
  const before = (await git.resolve('refs/remotes/origin/deploy/dev')) ?? '';
  lab.server.fault({ on: 'createCommitOnBranch', kind: 'stale head', times });
  const hold = { app: 'web', reason: 'demo', by: `ann <${by.email}>`, at: '2030-01-01T00:00:00.000Z' };
  const files = formatPolicy({ ...noPolicy, holds: [hold] });
  const first: Writing = { environment: 'dev', head: before, files, basis: [policyFolder], message: 'Hold web\n' };
  async function again(): Promise<Writing> {
    return { ...first, head: (await git.resolve('refs/remotes/origin/deploy/dev')) ?? '' };
  }
  return {
    landing: land(context, repository, by, first, (each) => each, again),
    commits: async () => Number((await lab.git.run(['rev-list', '--count', `${before}..deploy/dev`])).stdout),
    mutations: lab.server.mutations,
  };
}

describe('landing on a branch of GitHub that moves', () => {
  it('lands once on the head that stands at last', async () => {
    const { value } = await elapse(async () => {
      const { landing, commits } = await race(3);
      return { landing: await landing, commits: await commits() };
    });

    expect(value?.landing?.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(value?.commits).toBe(4);
  });

  it('gives up within half a minute where it never stands still, and says to try again', async () => {
    const { error, seconds } = await elapse(async () => (await race(1000)).landing);

    expect(error?.message).toContain('deploy/dev moved 15 times while this was landing; nothing was written');
    expect((error as UserError | undefined)?.exit).toBe('superseded');
    expect(seconds).toBeLessThanOrEqual(30);
  });
});
