import { approvers, describeApprovals, mailOf } from './approval.ts';
import type { Environment } from './config.ts';
import { UserError } from './errors.ts';
import { stands, type Freeze, type Hold, type Policy, type Quarantine } from './policy.ts';
import { digestOf } from './snapshot.ts';

/** A hold, a freeze or a quarantine, as one of an environment's stops. */
export type Stop =
  | { kind: 'hold'; stop: Hold }
  | { kind: 'freeze'; stop: Freeze }
  | { kind: 'quarantine'; stop: Quarantine };

/** What is asked when the policy of an environment changes: by whom, and with which command. */
export interface Lifting {
  environment: Environment;
  before: Policy;
  after: Policy;
  now: Date;
  /** Who asks; none of them counts as approving. */
  by: readonly string[];
}

/** The stops that would end before their time: those that stand, and that nothing which is left covers for as long. */
export function liftedStops({ before, after, now }: Pick<Lifting, 'before' | 'after' | 'now'>): Stop[] {
  const left = stopsOf(after);
  return stopsOf(before).filter((each) => stands(each.stop, now) && !left.some((other) => covers(other, each)));
}

/** How many people have to approve that a stop is lifted here: as many as approve promotions to production; nobody elsewhere. */
function approvalsToLift({ production, gates }: Environment): number {
  return production ? (gates.approvals?.count ?? 0) : 0;
}

/** What an approval of a lifting binds to, 16 hex digits: this stop in this environment, with who set it, when, why and until when. */
export function liftingSubject(environment: string, { kind, stop }: Stop): string {
  const { by, at, until = '', reason } = stop;
  return digestOf(['lift', environment, kind, ...scopeOf({ kind, stop } as Stop), by, at, until, reason]);
}

/** What is wrong with a change that lifts stops, a line each; nothing where enough others have approved it. */
export function liftingProblems(lifting: Lifting): string[] {
  const { environment, before, by } = lifting;
  const count = approvalsToLift(environment);
  return liftedStops(lifting).flatMap((each) => {
    const subject = liftingSubject(environment.name, each);
    const people = approvers(
      before.liftings.filter((given) => given.subject === subject),
      by,
    );
    if (people.length >= count) return [];
    return [
      `lifting the ${describe(each)} in ${environment.name} waits for approvals, ${describeApprovals(people, count)}`,
    ];
  });
}

/** The policy after a change, without approvals that have served. Throws UserError (exit 3) where it lifts what too few have approved. */
export function settleLifting(lifting: Lifting, command: string): Policy {
  const { environment, after } = lifting;
  const problems = liftingProblems(lifting);
  if (problems.length > 0) {
    throw new UserError(problems.join('\n  '), {
      hint: `somebody else: pnpm run ${command} --approve --reason "..."`,
      exit: 'blocked',
    });
  }
  const left = new Set(stopsOf(after).map((each) => liftingSubject(environment.name, each)));
  return { ...after, liftings: after.liftings.filter(({ subject }) => left.has(subject)) };
}

/** The policy with somebody's approval of what a change would lift; undefined where that needs none, or is there already. */
export function approveLifting(lifting: Omit<Lifting, 'by'>, by: string, at: string): Policy | undefined {
  const { environment, before } = lifting;
  if (approvalsToLift(environment) === 0) return undefined;
  const fresh = liftedStops(lifting)
    .map((each) => ({ what: describe(each), subject: liftingSubject(environment.name, each), by, at }))
    .filter(
      ({ subject }) => !before.liftings.some((each) => each.subject === subject && mailOf(each.by) === mailOf(by)),
    );
  return fresh.length === 0 ? undefined : { ...before, liftings: [...before.liftings, ...fresh] };
}

function stopsOf({ holds, freezes, quarantines }: Policy): Stop[] {
  return [
    ...holds.map((stop): Stop => ({ kind: 'hold', stop })),
    ...freezes.map((stop): Stop => ({ kind: 'freeze', stop })),
    ...quarantines.map((stop): Stop => ({ kind: 'quarantine', stop })),
  ];
}

/** What a stop is about, as texts; a freeze of everything is about no app in particular. */
function scopeOf({ kind, stop }: Stop): string[] {
  if (kind === 'hold') return [stop.app];
  if (kind === 'freeze') return (stop.apps ?? []).toSorted();
  // An image is the same one whichever app it was found bad in.
  return stop.digest === undefined ? [stop.app, stop.release ?? ''] : [stop.digest];
}

function covers(other: Stop, each: Stop): boolean {
  if (other.kind !== each.kind) return false;
  const ends = other.stop.until === undefined ? Infinity : Date.parse(other.stop.until);
  if (ends < (each.stop.until === undefined ? Infinity : Date.parse(each.stop.until))) return false;
  const [wide, narrow] = [scopeOf(other), scopeOf(each)];
  if (each.kind !== 'freeze') return wide.join(' ') === narrow.join(' ');
  return wide.length === 0 || (narrow.length > 0 && narrow.every((app) => wide.includes(app)));
}

function describe({ kind, stop }: Stop): string {
  if (kind === 'hold') return `hold on ${stop.app}`;
  if (kind === 'freeze') return `freeze of ${stop.apps?.join(', ') ?? 'everything'}`;
  return `quarantine of ${stop.app} ${stop.release ?? stop.digest}`;
}
