import { ownCode } from '../adapters/file.ts';
import { personOf, type Identity } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { describeError, exitCodes, UserError } from '../core/errors.ts';
import { isBroken, isOpen } from '../core/reconcile.ts';
import { planAuto } from './auto.ts';
import { finish } from './finish.ts';
import { asLandings, readLanded, readLeaving } from './landed.ts';
import { nextEnd, readSoaking, type Soaking } from './observe.ts';
import { promoteAuto, restore } from './reconcile.ts';
import { ownIdentity } from './identity.ts';
import { openProposals, settle } from './settle.ts';
import { openRepository, reopenRepository, type Repository } from './repository.ts';
import { watchSoaks } from './watch.ts';

/** Whoever watches for hours looks less often and says less than whoever waits. */
const pace = { lookEvery: 3000, heartbeat: 60_000 };

export interface ForeverOptions {
  remote?: string | undefined;
  /** Seconds between two looks at the remote. */
  every: number;
  deadline: number;
}

/**
 * Reconciles until the process ends, or until its own code has been replaced; then whoever supervises it starts the new
 * one. Every landing is followed on its own, so that a long canary keeps nothing else waiting; while nothing moves on
 * the remote, a look costs a fetch, and some questions to the cluster where something soaks. What opens at a time that is
 * known is looked at then, not a beat later.
 */
export async function reconcileForever(context: Context, options: ForeverOptions): Promise<number> {
  const code = await ownCode();
  const following = new Set<string>();
  const said = new Set<string>();
  let repository: Repository | undefined;
  let settled = '';
  let soaking: Soaking[] = [];
  let openings: string[] = [];
  let wake: number | undefined;

  function say(trouble: unknown): void {
    if (!(trouble instanceof UserError)) {
      // A bug ends the process at once, with all that it follows: the next one finds everything in Git.
      setImmediate(() => {
        throw trouble;
      });
      return;
    }
    if (!said.has(trouble.message)) context.stderr.write(`${describeError(trouble)}\n`);
    said.add(trouble.message);
  }

  /** Looks at what soaks, and writes down what has to be. */
  async function watch(current: Repository, by: Identity): Promise<void> {
    const { soaking: watched, troubles } = await watchSoaks(context, current, by, soaking);
    soaking = watched;
    for (const trouble of troubles) say(new UserError(trouble));
  }

  /** The first time to come at which something opens; where a look failed, the one that it was made for stays. */
  function setWake(): void {
    const now = context.clock.now().getTime();
    const times = [...openings, ...soaking.map(nextEnd)].map((each) => Date.parse(each ?? ''));
    wake = times.filter((each) => each > now).toSorted((a, b) => a - b)[0];
  }

  async function look(): Promise<void> {
    if (repository === undefined) repository = await openRepository(context, { remote: options.remote });
    else await repository.git.fetch(repository.remote.name);
    const { git } = repository;
    const seen = (await git.run(['for-each-ref', '--format=%(objectname)', 'refs/remotes'])).stdout;
    const due = wake !== undefined && wake <= context.clock.now().getTime();
    if (seen === settled && following.size === 0 && !due) {
      // What is over already is looked at again before something goes on.
      soaking = soaking.filter((each) => nextEnd(each) !== undefined);
      if (soaking.length > 0) await watch(repository, await ownIdentity(context, repository));
      return;
    }
    repository = await reopenRepository(repository);
    const current = repository;
    const by = await ownIdentity(context, current);
    const landed = await readLanded(current);
    const leaving = await readLeaving(current);
    const open = [...landed.filter(isOpen), ...leaving].filter((each) => !following.has(each.commit));
    for (const landing of await asLandings(current, open)) {
      following.add(landing.commit);
      finish(context, current, by, landing, { deadline: options.deadline, ...pace })
        .catch(say)
        .finally(() => following.delete(landing.commit));
    }
    const broken = landed.filter(isBroken);
    for (const each of broken) await restore(context, current, by, each).catch(say);
    soaking = await readSoaking(current, landed, current.config.environments, soaking);
    await watch(current, by).catch(say);
    const proposals = await openProposals(current).catch((trouble: unknown) => {
      say(trouble);
      return [];
    });
    for (const each of proposals) await settle(context, current, by, each).catch(say);
    const auto = await planAuto(context, current, personOf(by));
    for (const each of auto) await promoteAuto(context, current, by, each).catch(say);
    const left =
      following.size +
      broken.length +
      proposals.length +
      auto.filter((each) => each.waits || each.plan !== undefined).length;
    openings = auto.flatMap(({ opensAt }) => opensAt ?? []);
    settled = left === 0 ? seen : '';
    if (left === 0) said.clear();
  }

  while ((await ownCode()) === code) {
    await look().then(setWake, say);
    const left = (wake ?? Number.POSITIVE_INFINITY) - context.clock.now().getTime();
    await context.clock.wait(left > 0 ? Math.min(options.every * 1000, left) : options.every * 1000);
  }
  context.stderr.write('this code has been replaced; the new one goes on\n');
  return exitCodes.done;
}
