import { personOf } from '../core/identity.ts';
import type { Context } from '../context.ts';
import type { BranchState } from '../core/branch-state.ts';
import { UserError } from '../core/errors.ts';
import type { Waiting } from '../core/overview.ts';
import { planPromotions } from './promotion.ts';
import { readIdentity } from './identity.ts';
import type { Repository } from './repository.ts';

/** What the gates say to every release of an app that waits to come to an environment: as a promotion of it would be told, by what is on record. */
export async function waitingReleases(
  context: Context,
  repository: Repository,
  states: ReadonlyMap<string, BranchState>,
  app: string,
): Promise<Waiting[]> {
  const by = await whoAsks(context, repository);
  const waiting = repository.config.environments.flatMap(({ name: environment, after }) => {
    const running = states.get(environment)?.releases.get(app)?.release;
    return after.flatMap((from) => {
      const candidate = states.get(from)?.releases.get(app);
      return candidate === undefined || candidate.release === running ? [] : [{ environment, from, candidate }];
    });
  });
  return Promise.all(
    waiting.map(async ({ environment, from, candidate: { release, tag } }): Promise<Waiting> => {
      const found = { environment, from, release, tag };
      try {
        const { plan } = await planPromotions(context, repository, { apps: [app], to: environment, from }, by);
        return { ...found, verdicts: plan?.changes[0]?.verdicts ?? [] };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { ...found, verdicts: [], problem: error.message };
      }
    }),
  );
}

/** Approvals of whoever asks do not count, so it matters who looks; Git need not know that only to look. */
async function whoAsks(context: Context, repository: Repository): Promise<string> {
  try {
    return personOf(await readIdentity(context, repository));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return '';
  }
}
