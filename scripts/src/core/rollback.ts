import { unknownName, UserError } from './errors.ts';
import { releaseId } from './inputs.ts';
import { quarantineOf, type Policy } from './policy.ts';
import { lastWord, type DeliveryRecord } from './record.ts';
import { formatRelease, type ReleaseFile } from './release-file.ts';

/** One state of an app in an environment: the commit that landed it, and its release.yaml. */
export interface PastState {
  commit: string;
  release: ReleaseFile;
  text: string;
}

export interface RollbackFacts {
  app: string;
  environment: string;
  /** Id or tag of an earlier release, or `previous`. */
  to: string;
  /** Newest first; the first is what runs, unless the app is retired. */
  history: readonly PastState[];
  retired?: boolean;
  /** Only the image is to go back, so a state with the image that runs is no other. */
  imageOnly?: boolean | undefined;
  records: readonly DeliveryRecord[];
  policy: Policy;
  now: Date;
}

/**
 * The state to go back to: the newest one before what runs first ran that was verified in this environment and is not in
 * quarantine; or the newest verified one of the release that is named. Throws UserError where there is none, and where a
 * rollback whose outcome nobody knows yet would be followed by another to the state before.
 */
export function chooseState(facts: RollbackFacts): PastState {
  const { app, environment, to, history, imageOnly, records, policy, now } = facts;
  if (history.length === 0) {
    throw new UserError(`${app} has never had a release in ${environment}`, {
      hint: `pnpm run status ${app} shows where it runs`,
      exit: 'usage',
    });
  }
  const running = facts.retired === true ? undefined : history[0];
  const verified = new Set(
    records
      .filter((each) => each.app === app && each.environment === environment && each.outcome.state === 'verified')
      .map((each) => each.landing),
  );
  // A state that a rollback has brought back is known by the bytes of the one that was verified.
  const proven = new Set(history.filter((each) => verified.has(each.commit)).map((each) => each.text));
  function runs(each: PastState): boolean {
    if (running === undefined) return false;
    return imageOnly === true ? each.release.digest === running.release.digest : each.text === running.text;
  }
  // Where what runs was made by bringing back the image of an earlier state alone, that state.
  const source = running === undefined ? -1 : imageSource(history);
  // Whoever asks meanwhile has seen the failure, not that somebody else, or reconcile, was faster.
  function isComingBack({ commit, text }: PastState): boolean {
    const known = lastWord(records, app, environment, commit)?.outcome.state ?? 'unknown';
    return known === 'unknown' && (source > 0 || history.slice(1).some((each) => each.text === text));
  }
  if (to === 'previous') {
    if (running !== undefined && isComingBack(running)) {
      throw new UserError(`${app} is being rolled back already in ${environment}, to ${running.release.tag}`, {
        hint: `pnpm run status ${app} shows how that goes; --to with a release of pnpm run history ${app} goes further back`,
        exit: 'nothing',
      });
    }
    // What came after the first time that this state ran, or after that whose image it has, has been left for it already.
    const from = imageOnly !== true && source > 0 ? source : history.findLastIndex(runs) + 1;
    const found = notLeft(history, from).find(
      (each) => proven.has(each.text) && quarantineOf(policy, app, each.release, now) === undefined,
    );
    if (found !== undefined) return found;
    const wanted = imageOnly === true ? 'state with another image' : 'state';
    throw new UserError(`${app} has no earlier verified ${wanted} in ${environment}`, {
      hint: `pnpm run history ${app} shows what there was`,
      exit: 'blocked',
    });
  }
  const named = history.filter(({ release }) => [release.release, release.tag].includes(to));
  if (named.length === 0) {
    throw unknownName(
      'release',
      to,
      [...new Set(history.map(({ release }) => release.tag))].slice(0, 20),
      `of ${app} in ${environment}`,
    );
  }
  const found = named.find((each) => !runs(each) && proven.has(each.text));
  if (found !== undefined) return found;
  if (named.some(runs)) {
    throw new UserError(`${app} already runs ${imageOnly === true ? 'the image of ' : ''}${to} in ${environment}`, {
      hint: `pnpm run history ${app} shows what else there was`,
      exit: 'nothing',
    });
  }
  throw new UserError(`${app} ${to} was never verified in ${environment}`, {
    hint: `pnpm run history ${app} shows what was; a release that was not comes by a promotion, or to the first environment by a push`,
    exit: 'blocked',
  });
}

/** What there was from an index of a history (newest first) on, less what was left by bringing back the image of an earlier state. */
function* notLeft(history: readonly PastState[], from: number): Generator<PastState, undefined> {
  for (let index = from; index < history.length; index += Math.max(imageSource(history.slice(index)), 1)) {
    const each = history[index];
    if (each !== undefined) yield each;
  }
}

/** Where in a history (newest first) the state is whose image its newest has, on the rest of the one before; or -1. */
function imageSource([newest, left, ...earlier]: readonly PastState[]): number {
  if (newest === undefined || left === undefined) return -1;
  const index = earlier.findIndex((each) => isImageOf(newest.release, left.release, each));
  return index === -1 ? -1 : index + 2;
}

/** What runs with the image of an earlier release: base and overlay stay, so it is a release that nobody has verified yet. */
export function withImageOf(running: ReleaseFile, { release: earlier }: PastState): Omit<ReleaseFile, 'intent'> {
  const { intent: _, ...kept } = running;
  const { tag, digest, imageRevision, inputs } = earlier;
  return {
    ...kept,
    release: releaseId(digest, running.inputs.manifests),
    tag,
    digest,
    imageRevision,
    inputs: { ...running.inputs, image: inputs.image },
  };
}

/** Whether one release is another with the image of an earlier one, and nothing else. */
export function isImageOf(next: ReleaseFile, running: ReleaseFile, earlier: PastState): boolean {
  const wanted: ReleaseFile = { ...withImageOf(running, earlier), intent: next.intent, renderer: next.renderer };
  return next.digest !== running.digest && formatRelease(wanted) === formatRelease(next);
}
