import { personOf } from '../adapters/git.ts';
import type { Context } from '../context.ts';
import type { BranchState } from '../core/branch-state.ts';
import { planDelivery } from '../core/delivery.ts';
import { dueApps, type DueApp } from '../core/due.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { blocking, describeVerdict } from '../core/gates/index.ts';
import { deliveryEnvironment } from '../core/graph.ts';
import { planOf, planWriting, type Change, type Plan } from '../core/plan.ts';
import { recordsOf } from '../core/record.ts';
import { readWorkspace } from '../core/workspace.ts';
import { buildImages, type BuildResult } from '../steps/build.ts';
import { finish } from '../steps/finish.ts';
import { judgeChange } from '../steps/judge.ts';
import { land } from '../steps/land.ts';
import { renderer, renderRelease } from '../steps/render.ts';
import {
  branchState,
  createSources,
  inputsSnapshot,
  openRepository,
  readRecords,
  remoteRefs,
  type Repository,
} from '../steps/repository.ts';
import { createProgress, describePlan } from '../ui/index.ts';

export interface DeliverOptions {
  remote?: string | undefined;
  buildNumber?: number | undefined;
  dryRun?: boolean | undefined;
  deadline: number;
  json?: boolean | undefined;
}

/** Delivers the apps that are due at HEAD: test, build, push, render, land, follow, record. Gives the exit code. */
export async function deliver(context: Context, options: DeliverOptions): Promise<number> {
  const repository = await openRepository(context, { remote: options.remote, atHead: true });
  const { git, main, config } = repository;
  const environment = deliveryEnvironment(config).name;
  const { state, due } = await findDue(repository);
  context.stderr.write(describeDue(due, environment, main.revision));
  if (options.dryRun === true || due.length === 0) {
    if (options.json === true) {
      context.stdout.write(`${JSON.stringify({ revision: main.revision, environment, due }, null, 2)}\n`);
    } else if (due.length === 0) context.stdout.write(`nothing to deliver to ${environment}\n`);
    return due.length === 0 ? exitCodes.nothing : exitCodes.done;
  }

  // What nothing can be rendered from is said before anything is built.
  const sources = createSources(git);
  await Promise.all(due.map(({ app }) => sources(main.revision, app)));

  const progress = createProgress({ stream: context.stderr });
  const buildNumber = options.buildNumber ?? Number(context.env['GITHUB_RUN_NUMBER'] ?? 0);
  const built = await buildImages(context, repository, due, state, buildNumber, progress).finally(() =>
    progress.close(),
  );
  const author = await git.author(main.revision);
  const by = personOf(author);

  const plan = await makePlan(context, repository, state, due, built, by);
  let exit: number = exitCodes.done;
  let landed: string[] = [];
  if (plan !== undefined) {
    context.stderr.write(describePlan(plan, state.manifests));
    const landing = await land(context, repository, author, plan, planWriting, async () => {
      const now = await findDue(repository);
      return makePlan(context, repository, now.state, now.due, built, by);
    });
    if (landing !== undefined) {
      landed = landing.plan.changes.map((each) => each.app);
      exit = await finish(context, repository, author, landing, options);
    }
  }
  for (const [app, reason] of built.failures) context.stderr.write(`${app}: not delivered, ${reason}\n`);
  if (built.failures.size > 0) exit = exitCodes.failed;
  if (options.json !== true)
    context.stdout.write(`${summarize(landed, [...built.failures.keys()], environment, exit)}\n`);
  return exit;
}

/** The last line: what arrived, and what did not. */
function summarize(landed: readonly string[], failed: readonly string[], environment: string, exit: number): string {
  const what = landed.join(', ') || 'nothing';
  if (failed.length > 0) return `landed ${what} on ${environment}; not delivered: ${failed.join(', ')}`;
  return exit === exitCodes.done
    ? `delivered ${what} to ${environment}`
    : `landed ${what} on ${environment}, not verified there`;
}

async function findDue(repository: Repository): Promise<{ state: BranchState; due: DueApp[] }> {
  const { git, remote, config, main } = repository;
  const environment = deliveryEnvironment(config).name;
  const state = await branchState(git, environment, remoteRefs(remote));
  const inputs = await inputsSnapshot(git, main);
  return { state, due: dueApps(config, inputs, readWorkspace(inputs), environment, state.releases) };
}

/** The plan for the due apps that have an image; those that a gate stops or that cannot be rendered join the failures. */
async function makePlan(
  context: Context,
  repository: Repository,
  state: BranchState,
  due: readonly DueApp[],
  built: BuildResult,
  by: string,
): Promise<Plan | undefined> {
  const { git, remote, config, main } = repository;
  const environment = deliveryEnvironment(config);
  const records = await readRecords(git, config, Object.keys(config.apps), remoteRefs(remote));
  const sources = createSources(git);
  const changes: Change[] = [];
  for (const each of due) {
    const image = built.images.get(each.app);
    if (image === undefined) continue;
    const change = planDelivery(config, environment, main, each, image, state, renderer);
    const verdicts = await judgeChange(
      { git, main, refs: remoteRefs(remote) },
      {
        app: each.app,
        verb: 'delivery',
        environment,
        by,
        release: change.release,
        previous: change.previous,
        records: recordsOf(records, each.app),
        policy: state.policy,
        now: context.clock.now(),
        allowed: new Set(),
      },
    );
    const [stop] = blocking(verdicts);
    if (stop !== undefined) {
      built.failures.set(each.app, describeVerdict(stop));
      continue;
    }
    try {
      const manifests = await renderRelease(config, change.release, sources, state.manifests.get(each.app));
      changes.push({ ...change, manifests, verdicts });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      built.failures.set(each.app, error.message);
    }
  }
  if (changes.length === 0) return undefined;
  return planOf({ verb: 'delivery', target: state, configuredBy: main.revision, by, allowed: [] }, changes);
}

function describeDue(due: readonly DueApp[], environment: string, revision: string): string {
  const at = revision.slice(0, 12);
  if (due.length === 0) return `${environment} already runs everything at ${at}: nothing to do\n`;
  const lines = due.map(
    ({ app, because, needsImage }) => `  ${app}: ${because.join(', ')}${needsImage ? '' : ' (same image)'}`,
  );
  return `Due in ${environment} at ${at}:\n${lines.join('\n')}\n`;
}
