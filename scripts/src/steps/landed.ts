import { deployBranch } from '../core/branch-state.ts';
import type { Environment } from '../core/config.ts';
import { readMessage } from '../core/message.ts';
import type { Plan } from '../core/plan.ts';
import { readLandings, type Landed } from '../core/reconcile.ts';
import type { Landing } from './land.ts';
import { landedState, readRecords, remoteRefs, type Repository } from './repository.ts';

/** What environments run of every app, with what is on record of it; every environment unless some are named. */
export async function readLanded(
  { git, config, remote }: Repository,
  environments: readonly Environment[] = config.environments,
): Promise<Landed[]> {
  const refs = remoteRefs(remote);
  const records = await readRecords(git, config, Object.keys(config.apps), refs);
  const found = await Promise.all(
    environments.map(async ({ name }) => {
      // A new environment on main has no branch until somebody makes it, which keeps nothing else waiting.
      if ((await git.resolve(`${refs}/${deployBranch(name)}`)) === undefined) return [];
      const { state, commits } = await landedState(git, name, refs);
      return readLandings(name, state.releases, commits, records);
    }),
  );
  return found.flat().filter(({ app }) => Object.hasOwn(config.apps, app));
}

/** Landings of others as if they were one's own, to be followed: those of one commit together. */
export async function asLandings({ git, main }: Repository, landed: readonly Landed[]): Promise<Landing<Plan>[]> {
  const commits = Map.groupBy(landed, ({ commit }) => commit);
  return Promise.all(
    [...commits].map(async ([commit, together]) => {
      const { verb, by, overridden, why } = readMessage(await git.message(commit));
      const [first] = together;
      const changes = together.map(({ app, release }) => ({
        app,
        release,
        previous: undefined,
        manifests: '',
        verdicts: [],
        reason: 'landed before',
      }));
      const plan: Plan = {
        verb,
        environment: first?.environment ?? '',
        head: commit,
        configuredBy: main.revision,
        by,
        changes,
        ...(overridden.size === 0 ? {} : { overridden: [...overridden], why }),
        intent: first?.release.intent,
      };
      return { plan, commit };
    }),
  );
}
