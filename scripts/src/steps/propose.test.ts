import { describe, expect, it } from 'vitest';
import { gitHubLab, pipelineOf } from '../../test/github-lab.ts';
import { production } from '../../test/gate-facts.ts';
import { releaseOf } from '../../test/release.ts';
import { virtualTime } from '../../test/virtual-time.ts';
import { systemClock } from '../adapters/clock.ts';
import type { Context } from '../context.ts';
import type { BranchState } from '../core/branch-state.ts';
import { planWriting, type Change, type Plan } from '../core/plan.ts';
import { noPolicy } from '../core/policy.ts';
import { mayPropose, propose } from './propose.ts';
import type { Repository } from './repository.ts';

const elapse = virtualTime();
const by = { name: 'ann', email: 'ann@users.noreply.github.com' };

function planOf(head: string, apps: number, version: number): Plan {
  const changes = Array.from({ length: apps }, (_, index): Change => {
    const app = `app-${index}`;
    const release = releaseOf('a', { app, environment: 'dev', tag: `aaaaaaaaaaaa-${version}` });
    const manifests = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${app}}\ndata: {version: "${version}"}\n`;
    return { app, release, previous: undefined, manifests, verdicts: [], reason: 'image changed' };
  });
  return { verb: 'promotion', environment: 'dev', head, configuredBy: head, by: `ann <${by.email}>`, changes };
}

describe('what becomes a proposal', () => {
  const config = { environments: [{ ...production, name: 'dev', landing: 'pull-request' }] };
  const where = { config, github: {} } as unknown as Repository;
  const waits = { gate: 'approvals', state: 'pending', evidence: '' } as const;
  const fails = { gate: 'verified', state: 'fail', evidence: '' } as const;
  function plan(verdicts: Change['verdicts'], verb: Plan['verb'] = 'promotion'): Plan {
    const [change] = planOf('a'.repeat(40), 1, 1).changes;
    return { ...planOf('a'.repeat(40), 0, 1), verb, changes: [{ ...change!, verdicts }] };
  }

  it('waits for landing gates and for nothing else', () => {
    expect(mayPropose(where, plan([waits]))).toBe(true);
    expect(mayPropose(where, plan([waits], 'reconfiguration'))).toBe(true);
    expect(mayPropose(where, plan([waits, fails]))).toBe(false);
    expect(mayPropose(where, plan([{ ...waits, state: 'unknown' }]))).toBe(false);
    expect(mayPropose(where, plan([{ ...fails, state: 'pending' }]))).toBe(false);
  });

  it('is nothing that may land now, no rollback, and nothing where there are no pull requests', () => {
    expect(mayPropose(where, plan([{ ...waits, state: 'pass' }]))).toBe(false);
    expect(mayPropose(where, plan([waits], 'rollback'))).toBe(false);
    expect(mayPropose({ ...where, github: undefined }, plan([waits]))).toBe(false);
    const direct = { ...where, config: { environments: [{ ...production, name: 'dev' }] } } as unknown as Repository;
    expect(mayPropose(direct, plan([waits]))).toBe(false);
  });
});

describe('calls that write', () => {
  it.each([1, 10, 40])('are one to propose, one to update and one to land, for %i apps', async (apps) => {
    const lab = await gitHubLab();
    const repository = await pipelineOf(lab);
    const context = { clock: systemClock } as Context;
    const head = (await lab.git.resolve('refs/heads/deploy/dev')) ?? '';
    const target: BranchState = {
      environment: 'dev',
      head,
      releases: new Map(),
      manifests: new Map(),
      policy: noPolicy,
    };
    const { value: states } = await elapse(async () => {
      const seen: string[] = [];
      for (const version of [1, 1, 2]) {
        const done = await propose(context, repository, by, { plan: planOf(head, apps, version), target });
        await repository.git.fetch('origin');
        seen.push(done.state);
      }
      const { environment, ...writing } = planWriting(planOf(head, apps, 2));
      seen.push((await repository.writer.write(`deploy/${environment}`, { ...writing, by, at: 1 })).state);
      return seen;
    });

    expect(states).toEqual(['opened', 'unchanged', 'updated', 'landed']);
    expect(lab.server.mutations()).toEqual(['pulls/create', 'pulls/update', 'createCommitOnBranch']);
    expect(lab.server.pulls()).toHaveLength(1);
  });
});
