import { isAppFolder } from '../core/branch-state.ts';
import type { Environment } from '../core/config.ts';
import { readMessage } from '../core/message.ts';
import type { Plan } from '../core/plan.ts';
import { lastWord } from '../core/record.ts';
import { readLandings, type Landed } from '../core/reconcile.ts';
import { parseRelease } from '../core/release-file.ts';
import type { Landing } from './land.ts';
import { findHead, landedState, readRecords } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';

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
      if ((await findHead(git, name, refs)) === undefined) return [];
      const { state, commits } = await landedState(git, name, refs);
      return readLandings(name, state.releases, commits, records);
    }),
  );
  return found.flat().filter(({ app }) => Object.hasOwn(config.apps, app));
}

/** Retirements that nobody knows the end of: their commits took an app's folder away, and its objects may still be there. */
export async function readLeaving({ git, config, remote }: Repository): Promise<Landed[]> {
  const refs = remoteRefs(remote);
  const gone = await Promise.all(
    config.environments.map(async ({ name }) => {
      const head = await findHead(git, name, refs);
      if (head === undefined) return [];
      const [commits, { folders }] = await Promise.all([
        git.lastChanges(head),
        git.snapshot(head, { within: () => false }),
      ]);
      const left = [...commits].filter(([app]) => isAppFolder(app) && !folders.has(app));
      return left.map(([app, commit]) => ({ app, commit, environment: name }));
    }),
  );
  const records = await readRecords(git, config, [...new Set(gone.flat().map(({ app }) => app))], refs);
  const found = gone.flat().map(async ({ app, commit, environment }): Promise<Landed[]> => {
    const record = lastWord(records, app, environment, commit);
    if (record?.outcome.state === 'retired' || record?.outcome.state === 'superseded') return [];
    if (readMessage(await git.message(commit)).verb !== 'retirement') return [];
    const [past] = await git.history(`${commit}^`, `${app}/release.yaml`);
    if (past === undefined) return [];
    const release = parseRelease(past.text, `${past.commit.slice(0, 12)}:${app}/release.yaml`);
    return [{ app, environment, commit, release, record }];
  });
  return (await Promise.all(found)).flat();
}

/** Landings of others as if they were one's own, to be followed: those of one commit together. */
export async function asLandings({ git, main }: Repository, landed: readonly Landed[]): Promise<Landing<Plan>[]> {
  const commits = Map.groupBy(landed, ({ commit }) => commit);
  return Promise.all(
    [...commits].map(async ([commit, together]) => {
      const { verb, by, intent, overridden, why } = readMessage(await git.message(commit));
      const [first] = together;
      const changes = await Promise.all(
        together.map(async ({ app, release }) => ({
          app,
          release,
          previous: undefined,
          manifests: (await git.text(`${commit}:${app}/manifests.yaml`)) ?? '',
          verdicts: [],
          reason: 'landed before',
        })),
      );
      const plan: Plan = {
        verb,
        environment: first?.environment ?? '',
        head: commit,
        configuredBy: main.revision,
        by,
        changes,
        ...(overridden.size === 0 ? {} : { overridden: [...overridden], why }),
        intent: intent ?? first?.release.intent,
      };
      return { plan, commit };
    }),
  );
}
