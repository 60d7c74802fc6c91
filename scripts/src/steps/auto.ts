import type { Context } from '../context.ts';
import { staysAway } from '../core/auto.ts';
import type { Environment } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { opening } from '../core/gates/index.ts';
import { wantedSoak } from '../core/gates/soak.ts';
import { blockers, planOf, type Change } from '../core/plan.ts';
import type { Planned } from './apply.ts';
import { releaseHistory } from './find-release.ts';
import { readLanded } from './landed.ts';
import { planPromotions } from './promotion.ts';
import { branchState, findHead } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';

/** What may go on to an environment without being asked for. */
export interface AutoPlan extends Planned {
  environment: string;
  /** Something else waits there for a gate that may open by itself, nobody knows when. */
  waits: boolean;
  /** When the first of those opens of which that is known. */
  opensAt?: string | undefined;
}

/**
 * Plans one landing for each environment with `auto`: the releases that every environment before it runs and whose gates
 * pass. A release that has been there before does not come back: it left by a rollback, an abort or a newer one. Nor does
 * an app that was retired there, whatever its release.
 */
export async function planAuto(context: Context, repository: Repository, by: string): Promise<AutoPlan[]> {
  const wanted = repository.config.environments.filter((each) => each.auto);
  const there = await Promise.all(wanted.map(async (each) => ((await hasBranches(repository, each)) ? [each] : [])));
  return Promise.all(there.flat().map((environment) => planOne(context, repository, environment, by)));
}

/** Whether somebody has made the branches of a new environment, and of those before it. */
async function hasBranches({ git, remote }: Repository, { name, after }: Environment): Promise<boolean> {
  const heads = await Promise.all([name, ...after].map((each) => findHead(git, each, remoteRefs(remote))));
  return !heads.includes(undefined);
}

async function planOne(
  context: Context,
  repository: Repository,
  environment: Environment,
  by: string,
): Promise<AutoPlan> {
  const { git, remote, config, main } = repository;
  const refs = remoteRefs(remote);
  const target = await branchState(git, environment.name, refs);
  const parents = await Promise.all(environment.after.map((name) => branchState(git, name, refs)));
  const [from] = environment.after;
  const before = config.environments.filter(({ name }) => environment.after.includes(name));
  const landed = wantedSoak(environment) === 0 ? [] : await readLanded(repository, before);
  const changes: Change[] = [];
  let waits = false;
  const openings: string[] = [];
  for (const app of Object.keys(config.apps)) {
    const releases = parents.map((parent) => parent.releases.get(app)?.release);
    const [release] = releases;
    if (release === undefined || releases.some((each) => each !== release)) continue;
    if (target.releases.get(app)?.release === release) continue;
    const past = (await releaseHistory(git, target.head, app)).map((each) => each.release.release);
    if (staysAway(past, target.releases.get(app)?.release, release) !== undefined) continue;
    try {
      const request = { apps: [app], to: environment.name, from, landed };
      const { plan } = await planPromotions(context, repository, request, by);
      if (plan === undefined) continue;
      // Somebody has landed something there meanwhile, so the next look decides.
      if (plan.head !== target.head) return { environment: environment.name, plan: undefined, target, waits: true };
      const blocked = blockers(plan).map(({ verdict }) => verdict);
      const opensAt = opening(blocked);
      if (blocked.length === 0) changes.push(...plan.changes);
      else if (opensAt !== undefined) openings.push(opensAt);
      else if (blocked.every(({ state, opensAt }) => state !== 'fail' || opensAt !== undefined)) waits = true;
    } catch (error) {
      // What cannot be planned now says so when somebody asks for it.
      if (!(error instanceof UserError)) throw error;
    }
  }
  const basis = { verb: 'promotion', target, configuredBy: main.revision, by, allowed: [] } as const;
  const plan = changes.length === 0 ? undefined : planOf(basis, changes);
  return { environment: environment.name, plan, target, waits, opensAt: openings.toSorted()[0] };
}
