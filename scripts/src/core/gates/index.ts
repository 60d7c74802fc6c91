import type { Environment } from '../config.ts';
import { approvals } from './approvals.ts';
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
  deletion,
  soak,
  hold,
  freeze,
  approvals,
];

/** The verdicts of all gates that are asked about a change. */
export function evaluateGates(facts: GateFacts): Verdict[] {
  return gates.filter((gate) => gate.asked(facts.verb, facts.environment)).map((gate) => gate.evaluate(facts));
}

/** The verdicts that stand in the way. */
export function blocking(verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.filter(({ state }) => state !== 'pass');
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
  const asked = gates.filter((gate) => gate.asked(verb, environment));
  return new Set(asked.flatMap((gate) => gate.needs?.(environment) ?? []));
}

export type {
  Allowance,
  Gate,
  GateFacts,
  Need,
  Order,
  ProvenanceAnswer,
  RegistryAnswer,
  Running,
  Verb,
  Verdict,
} from './gate.ts';
