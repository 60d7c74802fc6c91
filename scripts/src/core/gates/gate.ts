import type { Environment } from '../config.ts';
import type { DeliveryRecord } from '../record.ts';
import type { ReleaseFile } from '../release-file.ts';

/** A gate's answer: `pending` may open by itself, `unknown` is an answer that could not be had, and blocks like `fail`. */
export interface Verdict {
  gate: string;
  state: 'pass' | 'fail' | 'pending' | 'unknown';
  /** What the answer rests on, in one line. */
  evidence: string;
  /** What to run or wait for; absent where the gate passes. */
  next?: string | undefined;
  opensAt?: string | undefined;
}

/** What gates may look at: one app's change to one environment, and what is known about its release. */
export interface GateFacts {
  app: string;
  environment: Environment;
  release: ReleaseFile;
  /** Records of this app in all environments. */
  records: readonly DeliveryRecord[];
}

export interface Gate {
  /** The key under an environment's `gates:`. */
  name: keyof Environment['gates'];
  evaluate(facts: GateFacts): Verdict;
}
