import type { Gate, GateFacts, Verdict } from './gate.ts';
import { verified } from './verified.ts';

/** Every gate there is. A new one is a file beside this one, a line here and its key in the configuration's schema. */
const gates: readonly Gate[] = [verified];

/** The verdicts of all gates that the environment names. */
export function evaluateGates(facts: GateFacts): Verdict[] {
  return gates.filter((gate) => facts.environment.gates[gate.name] !== undefined).map((gate) => gate.evaluate(facts));
}

export type { Gate, GateFacts, Verdict } from './gate.ts';
