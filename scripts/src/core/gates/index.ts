import type { Environment } from '../config.ts';
import { unknownName } from '../errors.ts';
import { approvals } from './approvals.ts';
import { checks } from './checks.ts';
import { deletion } from './deletion.ts';
import { digest } from './digest.ts';
import { freeze } from './freeze.ts';
import type { Gate, GateFacts, Need, Verb, Verdict } from './gate.ts';
import { hold } from './hold.ts';
import { order } from './order.ts';
import { provenance } from './provenance.ts';
import { quarantine } from './quarantine.ts';
import { soak } from './soak.ts';
import { verified } from './verified.ts';

/** Every gate there is. A new one is a file beside this one and a line here; options are keys of the configuration's schema. */
const gates: readonly Gate[] = [
  verified,
  quarantine,
  order,
  digest,
  provenance,
  checks,
  deletion,
  soak,
  hold,
  freeze,
  approvals,
];

/** The verdicts of all gates that are asked about a change. */
export function evaluateGates(facts: GateFacts): Verdict[] {
  const { verb, environment, overridden } = facts;
  return askedGates(verb, environment).map((gate) => {
    const verdict = gate.evaluate(facts);
    const passedOver = overridden?.has(gate.name) === true && gate.fixed?.(environment) === undefined;
    return verdict.state !== 'pass' && passedOver ? { ...verdict, next: undefined, overridden: true } : verdict;
  });
}

/** The verdicts that stand in the way. */
export function blocking(verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.filter(({ state, overridden }) => state !== 'pass' && overridden !== true);
}

/** Why nobody may pass a gate over in an environment; undefined where somebody may. Throws UserError for a name that no gate has. */
export function whyFixed(name: string, environment: Environment): string | undefined {
  const names = gates.map((each) => each.name);
  const gate = gates.find((each) => each.name === name);
  if (gate === undefined) throw unknownName('gate', name, names);
  return gate.fixed?.(environment);
}

function askedGates(verb: Verb, environment: Environment): Gate[] {
  return gates.filter((gate) => gate.asked(verb === 'override' ? 'promotion' : verb, environment));
}

/** When all of some verdicts that stand in the way are out of it, ISO 8601 in UTC; undefined where one does not know. */
export function opening(verdicts: readonly Verdict[]): string | undefined {
  const times = verdicts.map(({ opensAt }) => Date.parse(opensAt ?? ''));
  return times.length === 0 || times.some(Number.isNaN) ? undefined : new Date(Math.max(...times)).toISOString();
}

/** `gate hold says pending: held by ...`. */
export function describeVerdict({ gate, state, evidence }: Verdict): string {
  return `gate ${gate} says ${state}: ${evidence}`;
}

/** What has to be found out before the gates can answer. */
export function neededFacts(verb: Verb, environment: Environment): Set<Need> {
  return new Set(askedGates(verb, environment).flatMap((gate) => gate.needs?.(environment) ?? []));
}

/** Whether a proposal may wait for what stands in the way: nothing but landing gates, and each of them may still open. */
export function mayWait(verdicts: readonly Verdict[]): boolean {
  const landing = new Set(gates.filter(({ kind }) => kind === 'landing').map(({ name }) => name));
  return blocking(verdicts).every(({ gate, state }) => landing.has(gate) && state === 'pending');
}

export type {
  Allowance,
  CheckRun,
  ChecksAnswer,
  Gate,
  GateFacts,
  Need,
  Order,
  ProvenanceAnswer,
  RegistryAnswer,
  ReviewsAnswer,
  Running,
  Verb,
  Verdict,
} from './gate.ts';
export { verbs } from './gate.ts';
