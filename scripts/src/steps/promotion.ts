import type { Context } from '../context.ts';
import type { BranchState } from '../core/branch-state.ts';
import { UserError } from '../core/errors.ts';
import { findApp, findEnvironment } from '../core/graph.ts';
import { inputsOf } from '../core/inputs.ts';
import { allowances } from '../core/plan.ts';
import { planPromotion, runningRelease, sourceOf } from '../core/promotion.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { readWorkspace } from '../core/workspace.ts';
import type { Planned } from './apply.ts';
import { completePlan } from './complete.ts';
import { findRelease } from './find-release.ts';
import { planEach } from './plan-each.ts';
import { branchState } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';
import { createSources, inputsSnapshot } from './sources.ts';
import type { Watching } from './watch.ts';

/** What is asked to be promoted. */
export interface PromotionRequest extends Watching {
  /** By name; none where they are chosen by `all` or `changedSince`. */
  apps: readonly string[];
  to: string;
  from?: string | undefined;
  /** Every app whose release differs. */
  all?: boolean | undefined;
  /** Every app whose inputs on main differ from those at this commit. */
  changedSince?: string | undefined;
  /** A release other than the running one: its id, its tag, or its image's digest. */
  release?: string | undefined;
  allowDowngrade?: boolean | undefined;
  allowDeletion?: boolean | undefined;
  /** The gates that are passed over, where that is what is asked, and why. */
  overridden?: readonly string[] | undefined;
  why?: string | undefined;
}

/**
 * Plans a promotion of one or more apps as one landing: all or nothing.
 * Throws one UserError that lists every app that cannot be planned; else verdicts of gates are part of the plan.
 */
export async function planPromotions(
  context: Context,
  repository: Repository,
  request: PromotionRequest,
  by: string,
): Promise<Planned> {
  const { git, remote, config, main } = repository;
  const environment = findEnvironment(config, request.to);
  const from = sourceOf(config, environment, request.from, remote.name);
  const refs = remoteRefs(remote);
  const named = request.apps.length > 0 ? request.apps : undefined;
  const [source, target] = await Promise.all([
    branchState(git, from, refs, named),
    branchState(git, environment.name, refs, named),
  ]);
  const apps = await chooseApps(repository, request, source);

  const sources = createSources(git);
  const { overridden, why } = request;
  const verb = overridden === undefined ? 'promotion' : 'override';
  const basis = {
    verb,
    target,
    configuredBy: main.revision,
    by,
    allowed: allowances(request),
    overridden,
    why,
  } as const;
  return planEach(
    environment.name,
    apps,
    async (app) => {
      findApp(config, app);
      const candidate = await chooseRelease(repository, source, app, request);
      return planPromotion({ environment, app, main: await sources(main.revision, app), candidate, target });
    },
    (planned) => completePlan(context, repository, basis, planned, request),
  );
}

async function chooseApps(
  repository: Repository,
  { apps, all, changedSince, release, to }: PromotionRequest,
  source: BranchState,
): Promise<string[]> {
  const ways = [apps.length > 0, all === true, changedSince !== undefined].filter(Boolean).length;
  if (ways !== 1) {
    throw new UserError(ways === 0 ? 'no app was named' : 'apps are named in more than one way', {
      hint: `pnpm run promote <app>... --to ${to}, or --all, or --changed-since <revision>`,
      exit: 'usage',
    });
  }
  if (release !== undefined && apps.length !== 1) {
    throw new UserError('--release goes with exactly one app', {
      hint: `pnpm run promote <app> --to ${to} --release ${release}`,
      exit: 'usage',
    });
  }
  const { config } = repository;
  if (apps.length > 0) return [...new Set(apps)];
  const there = Object.keys(config.apps).filter((app) => source.releases.has(app));
  return changedSince === undefined ? there : changedApps(repository, there, changedSince, to);
}

/** The apps whose inputs at main are not what they were at a commit. */
async function changedApps(
  { git, config, main }: Repository,
  apps: readonly string[],
  revision: string,
  environment: string,
): Promise<string[]> {
  const [then, tip] = await Promise.all([inputsSnapshot(git, { revision }), inputsSnapshot(git, main)]);
  const [before, now] = [readWorkspace(then), readWorkspace(tip)];
  const known = new Map<string, string[]>();
  return apps.filter((app) => {
    try {
      const old = inputsOf(config, then, before, app, environment, known);
      return JSON.stringify(old) !== JSON.stringify(inputsOf(config, tip, now, app, environment, known));
    } catch (error) {
      // It was not there then.
      if (error instanceof UserError) return true;
      throw error;
    }
  });
}

async function chooseRelease(
  { git, remote }: Repository,
  source: BranchState,
  app: string,
  { release, to }: PromotionRequest,
): Promise<ReleaseFile> {
  if (release === undefined) return runningRelease(source, app, to);
  return (await findRelease(git, remoteRefs(remote), source.environment, app, release)).release;
}
