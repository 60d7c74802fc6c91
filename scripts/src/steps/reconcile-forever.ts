import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { isBroken, isOpen } from '../core/reconcile.ts';
import { planAuto } from './auto.ts';
import { finish } from './finish.ts';
import { asLandings, readLanded } from './landed.ts';
import { promoteAuto, restore } from './reconcile.ts';
import { openRepository, readIdentity } from './repository.ts';

/** Whoever watches for hours looks less often and says less than whoever waits. */
const pace = { lookEvery: 3000, heartbeat: 60_000 };

export interface ForeverOptions {
  remote?: string | undefined;
  /** Seconds between two looks at the remote. */
  every: number;
  deadline: number;
}

/**
 * Reconciles until the process ends. Every landing is followed on its own, so that a long canary keeps nothing else
 * waiting; while nothing moves on the remote, one question to it is all that a look costs.
 */
export async function reconcileForever(context: Context, options: ForeverOptions): Promise<never> {
  const following = new Set<string>();
  const said = new Set<string>();
  let settled = '';

  function say(trouble: unknown): void {
    if (!(trouble instanceof UserError)) throw trouble;
    if (!said.has(trouble.message)) context.stderr.write(`${trouble.message}\n`);
    said.add(trouble.message);
  }

  async function look(): Promise<void> {
    const repository = await openRepository(context, { remote: options.remote });
    const seen = (await repository.git.run(['for-each-ref', '--format=%(objectname)', 'refs/remotes'])).stdout;
    if (seen === settled && following.size === 0) return;
    const by = await readIdentity(repository.git);
    const landed = await readLanded(repository);
    const open = landed.filter((each) => isOpen(each) && !following.has(each.commit));
    for (const landing of await asLandings(repository, open)) {
      following.add(landing.commit);
      finish(context, repository, by, landing, { deadline: options.deadline, ...pace })
        .catch(say)
        .finally(() => following.delete(landing.commit));
    }
    const broken = landed.filter(isBroken);
    let left = open.length;
    for (const each of broken) {
      try {
        await restore(context, repository, by, each);
        left += 1;
      } catch (error) {
        say(error);
      }
    }
    for (const { environment, plan, waiting } of await planAuto(context, repository, `${by.name} <${by.email}>`)) {
      left += waiting.length;
      if (plan === undefined) continue;
      await promoteAuto(context, repository, by, environment).catch(say);
      left += 1;
    }
    settled = left === 0 ? seen : '';
  }

  for (;;) {
    await look().catch(say);
    await context.clock.wait(options.every * 1000);
  }
}
