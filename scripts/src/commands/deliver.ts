import { personOf } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { describeError, exitCodes, UserError, worstExit, type ExitName } from '../core/errors.ts';
import { deliveryEnvironment, findApp } from '../core/graph.ts';
import { planWriting } from '../core/plan.ts';
import { buildImages } from '../steps/build.ts';
import { findDue, planDeliveries, type Due, type Overtaken } from '../steps/delivery.ts';
import { finish } from '../steps/finish.ts';
import { land } from '../steps/land.ts';
import { openRepository } from '../steps/repository.ts';
import { createSources } from '../steps/sources.ts';
import { createProgress, describePlan } from '../ui/index.ts';

export interface DeliverOptions {
  remote?: string | undefined;
  buildNumber?: number | undefined;
  /** Apps that may lose volumes, namespaces or much at once. */
  allowDeletion?: readonly string[] | undefined;
  dryRun?: boolean | undefined;
  deadline: number;
  json?: boolean | undefined;
}

/** Delivers the apps that are due at HEAD: test, build, push, render, land, follow, record. Gives the exit code. */
export async function deliver(context: Context, options: DeliverOptions): Promise<number> {
  const repository = await openRepository(context, { remote: options.remote, atHead: true });
  const { git, main, config } = repository;
  const environment = deliveryEnvironment(config).name;
  const allowed = new Set(options.allowDeletion);
  for (const app of allowed) findApp(config, app);
  const first = await findDue(repository);
  const { state, due } = first;
  context.stderr.write(describeDue(first, environment, main.revision));
  if (options.dryRun === true || due.length === 0) {
    if (options.json === true) {
      const { overtaken } = first;
      context.stdout.write(`${JSON.stringify({ revision: main.revision, environment, due, overtaken }, null, 2)}\n`);
    } else if (due.length === 0) context.stdout.write(`nothing to deliver to ${environment}\n`);
    if (due.length > 0) return exitCodes.done;
    return first.overtaken.length > 0 ? exitCodes.superseded : exitCodes.nothing;
  }

  const buildNumber = options.buildNumber ?? runNumber(context.env);
  // What nothing can be rendered from is said before anything is built.
  const sources = createSources(git);
  await Promise.all(due.map(({ app }) => sources(main.revision, app)));

  const progress = createProgress({ stream: context.stderr });
  const built = await buildImages(context, repository, due, state, buildNumber, progress).finally(() =>
    progress.close(),
  );
  const author = await git.author(main.revision);
  const by = personOf(author);

  let planned = await planDeliveries(context, repository, state, due, built, by, allowed);
  let { overtaken } = first;
  const leftOut = (): [string, string][] => [
    ...[...built.failures, ...planned.stops].map(([app, error]): [string, string] => [app, describeError(error)]),
    ...overtaken.map((each): [string, string] => [each.app, describeOvertaken(each, environment)]),
  ];
  const notDelivered = (): object => ({ notDelivered: Object.fromEntries(leftOut()) });
  let exit: number = exitCodes.done;
  let landed: string[] = [];
  if (planned.plan !== undefined) {
    context.stderr.write(describePlan(planned.plan, state.manifests));
    const landing = await land(context, repository, author, planned.plan, planWriting, async () => {
      const now = await findDue(repository);
      overtaken = now.overtaken;
      planned = await planDeliveries(context, repository, now.state, now.due, built, by, allowed);
      return planned.plan;
    });
    if (landing !== undefined) {
      landed = landing.plan.changes.map((each) => each.app);
      exit = await finish(context, repository, author, landing, { ...options, more: notDelivered() });
    }
  }
  for (const [app, reason] of leftOut()) context.stderr.write(`${app}: not delivered, ${reason}\n`);
  const errors = [...built.failures.values(), ...planned.stops.values()];
  const endings: ExitName[] = errors.map((error) => (error.exit === 'blocked' ? 'blocked' : 'failed'));
  if (overtaken.length > 0) endings.push('superseded');
  // Somebody else has landed the same meanwhile.
  else if (landed.length === 0 && errors.length === 0) endings.push('nothing');
  exit = worstExit([exit, ...endings.map((each) => exitCodes[each])]);
  if (options.json !== true) {
    const apps = leftOut().map(([app]) => app);
    context.stdout.write(`${summarize(landed, apps, environment, exit)}\n`);
  } else if (landed.length === 0) {
    context.stdout.write(`${JSON.stringify({ plan: null, landing: null, ...notDelivered() }, null, 2)}\n`);
  }
  return exit;
}

/** The number of the workflow's run, 0 where there is none; UserError (exit 2) for what would be no part of a tag. */
function runNumber({ GITHUB_RUN_NUMBER: text = '0' }: NodeJS.ProcessEnv): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UserError(`GITHUB_RUN_NUMBER is ${JSON.stringify(text)}, which is no whole number`, {
    hint: 'GitHub sets it; elsewhere unset it, or give --build-number',
    exit: 'usage',
  });
}

/** The last line: what arrived, and what did not. */
function summarize(landed: readonly string[], failed: readonly string[], environment: string, exit: number): string {
  if (exit === exitCodes.nothing) return `nothing to deliver to ${environment}`;
  const what = landed.join(', ') || 'nothing';
  if (failed.length > 0) return `landed ${what} on ${environment}; not delivered: ${failed.join(', ')}`;
  return exit === exitCodes.done
    ? `delivered ${what} to ${environment}`
    : `landed ${what} on ${environment}, not verified there`;
}

function describeDue({ due, overtaken }: Due, environment: string, revision: string): string {
  const at = revision.slice(0, 12);
  const newer = overtaken.map((each) => `${each.app}: left out, ${describeOvertaken(each, environment)}\n`).join('');
  if (due.length === 0 && newer !== '') return `nothing of ${at} is due in ${environment}\n${newer}`;
  if (due.length === 0) return `${environment} already runs everything at ${at}: nothing to do\n`;
  const lines = due.map(
    ({ app, because, needsImage }) => `  ${app}: ${because.join(', ')}${needsImage ? '' : ' (same image)'}`,
  );
  return `Due in ${environment} at ${at}:\n${lines.join('\n')}\n${newer}`;
}

/** Why a delivery would be a step back, and how to make one that is meant. */
function describeOvertaken({ app, tag, revision }: Overtaken, environment: string): string {
  const back = `pnpm run rollback ${app} --env ${environment}`;
  return `it runs ${tag} of ${revision.slice(0, 12)}, which is newer; ${back} goes back`;
}
