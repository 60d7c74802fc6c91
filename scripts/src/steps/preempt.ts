import type { Cluster } from '../adapters/cluster.ts';
import { UserError } from '../core/errors.ts';
import type { Plan } from '../core/plan.ts';
import { createComparison } from './compare-synced.ts';
import type { Landing } from './land.ts';
import { applicationName } from './look.ts';
import type { Repository } from './repository.ts';

/** Argo CD writes to an application all the time; as often as its own terminate-op tries (server/application/application.go). */
const attempts = 10;

/**
 * Ends the syncs that are under way to something older than a landing: Argo CD begins no other while one waits in a hook
 * or for its next attempt. Gives a line for each that it has ended, and for each that it could not.
 */
export async function preempt(repository: Repository, argocd: Cluster, landing: Landing<Plan>): Promise<string[]> {
  const { changes, environment } = landing.plan;
  const said = changes.map(async ({ app }) => {
    const name = applicationName(app, environment);
    try {
      const ended = await endSync(argocd, name, createComparison(repository, landing, app));
      return ended === undefined ? [] : [`ended the sync of ${name} to ${ended.slice(0, 12)}`];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return [`a sync of ${name} may still be under way: ${error.message}`];
    }
  });
  return (await Promise.all(said)).flat();
}

/** The revision whose sync was ended; undefined where none was under way, or one that has the landing. */
async function endSync(
  argocd: Cluster,
  name: string,
  compare: ReturnType<typeof createComparison>,
): Promise<string | undefined> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const application = await argocd.application(name);
    const state = application?.status?.operationState;
    const revision = state?.syncResult?.revision ?? application?.operation?.sync?.revision ?? '';
    // One without a revision takes the newest when it begins.
    if (application?.operation === undefined || state?.phase !== 'Running' || revision === '') return undefined;
    if ((await compare(revision)) !== 'before') return undefined;
    if (await argocd.terminateSync(application)) return revision;
  }
  throw new UserError('it changed too often to be ended');
}
