import type { Git } from '../adapters/git.ts';
import { registryDigest } from '../adapters/registry.ts';
import type { Environment } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { evaluateGates, neededFacts } from '../core/gates/index.ts';
import type { GateFacts, Order, RegistryAnswer, Verdict } from '../core/gates/index.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { GitHubFacts } from './github-facts.ts';

/** Where what gates need is found. */
export interface GateSources {
  git: Git;
  /** The tip of main. */
  main: Snapshot;
  /** The refs that the other branches are among. */
  refs: string;
  github: GitHubFacts;
}

/** One app's change as gates are asked about it, less what is found out for them. */
export type Question = Omit<
  GateFacts,
  'order' | 'registry' | 'closed' | 'provenance' | 'checks' | 'reviews' | 'release'
> & {
  release: Omit<ReleaseFile, 'intent'>;
};

/** The verdicts on a change, with what the gates need found out: from Git, the registry, the calendar, GitHub. */
export async function judgeChange(sources: GateSources, question: Question): Promise<Verdict[]> {
  const { verb, environment, app, release, previous, now } = question;
  const needed = neededFacts(verb, environment);
  const [order, registry, closed, provenance, checks, reviews] = await Promise.all([
    needed.has('order') ? compareRevisions(sources.git, previous?.imageRevision, release.imageRevision) : undefined,
    needed.has('registry') ? askRegistry(release) : undefined,
    needed.has('closed') ? readCalendar(environment, app, now) : undefined,
    needed.has('provenance') ? readProvenance(sources, question) : undefined,
    needed.has('checks') ? sources.github.checks(release.imageRevision) : undefined,
    needed.has('reviews') ? sources.github.reviews() : undefined,
  ]);
  return evaluateGates({ ...question, order, registry, closed, provenance, checks, reviews });
}

/** How a revision stands to the one that runs. */
async function compareRevisions(git: Git, running: string | undefined, next: string): Promise<Order> {
  if (running === undefined) return 'first';
  if (running === next) return 'same';
  if (await git.isAncestor(running, next)) return 'newer';
  return (await git.isAncestor(next, running)) ? 'older' : 'apart';
}

async function askRegistry({ image, tag, digest }: Question['release']): Promise<RegistryAnswer> {
  try {
    const found = await registryDigest(image, tag);
    if (found === digest) return { state: 'same' };
    return found === undefined ? { state: 'gone' } : { state: 'moved', digest: found };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { state: 'unknown', reason: error.message };
  }
}

/** Calendars are loaded only where an environment has windows; undefined where one of them cannot be evaluated. */
async function readCalendar(environment: Environment, app: string, now: Date): Promise<GateFacts['closed']> {
  const { closedUntil, windowProblem } = await import('../core/freeze-windows.ts');
  const windows = environment.gates.freeze?.windows ?? [];
  if (windows.some((each) => windowProblem(each) !== undefined)) return undefined;
  const found = closedUntil(windows, app, now);
  return { until: found?.until, reason: found?.reason };
}

/** What verifies signatures is loaded only where an environment asks for them. */
async function readProvenance(
  sources: GateSources,
  { environment, release }: Question,
): Promise<GateFacts['provenance']> {
  const policy = environment.gates.provenance;
  if (policy === undefined) return undefined;
  return (await import('./provenance.ts')).askProvenance(sources, policy, release);
}
