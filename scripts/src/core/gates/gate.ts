import type { Environment } from '../config.ts';
import type { Approval, Policy } from '../policy.ts';
import type { DeliveryRecord } from '../record.ts';
import type { ReleaseFile } from '../release-file.ts';
import type { Health, Watched } from '../soak/observe.ts';
import type { Observation } from '../soak/observation.ts';

/** What a change to an environment is called; an override is a promotion that passes over some gates. */
export const verbs = ['delivery', 'promotion', 'override', 'reconfiguration', 'rollback', 'retirement'] as const;

export type Verb = (typeof verbs)[number];

/** A gate's answer: `pending` may open by itself, `unknown` is an answer that could not be had, and blocks like `fail`. */
export interface Verdict {
  gate: string;
  state: 'pass' | 'fail' | 'pending' | 'unknown';
  /** What the answer rests on, in one line. */
  evidence: string;
  /** What to run or wait for; absent where the gate passes. */
  next?: string | undefined;
  /** ISO 8601; when a pending gate opens, where that is known. */
  opensAt?: string | undefined;
  /** It cannot come to pass for this release by itself; absent where what failed may turn out well yet. */
  final?: true | undefined;
  /** It does not pass, and whoever asks passes it over, with a reason. */
  overridden?: true | undefined;
}

/** How a release's code stands to what runs: `apart` where neither contains the other. */
export type Order = 'first' | 'same' | 'newer' | 'older' | 'apart';

/** What the registry has under a release's tag and digest. */
export type RegistryAnswer =
  | { state: 'same' | 'gone' }
  | { state: 'moved'; digest: string }
  | { state: 'unknown'; reason: string };

/** What the attestations that are stored for an image come to; `refused` says of each why it does not count. */
export type ProvenanceAnswer =
  | { state: 'proven'; by: string }
  | { state: 'missing' }
  | { state: 'refused'; reasons: readonly string[] }
  | { state: 'unknown'; reason: string };

/** One check of a commit, as GitHub has its newest run. */
export interface CheckRun {
  name: string;
  status: string;
  /** None while it runs. */
  conclusion: string | undefined;
}

/** What became of the checks of the commit that an image was built from. */
export type ChecksAnswer = { state: 'known'; runs: readonly CheckRun[] } | { state: 'unknown'; reason: string };

/** What people said on open proposals for the environment, each bound to the bytes that they looked at. */
export type ReviewsAnswer =
  | { state: 'known'; approvals: readonly Approval[]; objections: readonly Approval[] }
  | { state: 'unknown'; reason: string };

/** What costs time to find out, and is so only for a gate that is asked. */
export type Need = 'order' | 'registry' | 'closed' | 'provenance' | 'checks' | 'reviews';

/** What a gate lets pass at somebody's word: an older release, a removal that loses something. */
export type Allowance = 'downgrade' | 'deletion';

/** An environment before this one that runs the release now. */
export interface Running {
  environment: string;
  /** Absent while its landing there is not verified. */
  watched?: Watched | undefined;
  /** How it is now, where the cluster was asked. */
  health?: Health | undefined;
}

/** What gates may look at: one app's change to one environment, and what is known about its release. */
export interface GateFacts {
  app: string;
  verb: Verb;
  environment: Environment;
  /** Who asks, as `Name <mail>`. */
  by: string;
  release: Pick<ReleaseFile, 'release' | 'digest' | 'tag' | 'imageRevision' | 'from'>;
  /** What runs there now. */
  previous: ReleaseFile | undefined;
  /** Records of this app in all environments. */
  records: readonly DeliveryRecord[];
  /** When this app was healthy and when not, in all environments; only promotions are judged by it. */
  observations?: readonly Observation[] | undefined;
  /** Where the release runs that would be promoted; absent where nobody has looked. */
  running?: readonly Running[] | undefined;
  /** What stands on the environment's branch. */
  policy: Policy;
  now: Date;
  /** What whoever asks says is meant. */
  allowed: ReadonlySet<Allowance>;
  /** Names of gates that whoever asks passes over. */
  overridden?: ReadonlySet<string> | undefined;
  /** What runs and what would run; a rollback brings back what was looked at before. */
  manifests?: { before: string | undefined; after: string } | undefined;
  /** Absent where no gate that is asked needs it. */
  order?: Order | undefined;
  registry?: RegistryAnswer | undefined;
  provenance?: ProvenanceAnswer | undefined;
  /** What the configuration's windows say now. */
  closed?: { until: string | undefined; reason: string | undefined } | undefined;
  checks?: ChecksAnswer | undefined;
  /** Absent where the remote has no proposals. */
  reviews?: ReviewsAnswer | undefined;
}

export interface Gate {
  name: string;
  /** `proposing` has to pass before anything is written; `landing` may be pending while a proposal waits. */
  kind: 'proposing' | 'landing';
  /** What it looks at that has to be found out first. */
  needs?(environment: Environment): readonly Need[];
  /** Why nobody may pass it over in an environment; without it, or where it gives nothing, `override` may. */
  fixed?(environment: Environment): string | undefined;
  /** Whether a change by this verb is asked by it; an override is asked as a promotion. */
  asked(verb: Verb, environment: Environment): boolean;
  evaluate(facts: GateFacts): Verdict;
}
