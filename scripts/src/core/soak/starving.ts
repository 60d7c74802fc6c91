import type { Environment } from '../config.ts';
import { formatDuration } from '../duration.ts';
import { wantedSoak } from '../gates/soak.ts';
import { soakOf, type AppHistory } from './progress.ts';

/**
 * Where an environment before this one is given new releases faster than this one's soak takes, so that none of them ever
 * gets old enough: a line that says so. `running` is the release of the app here, `next` what the environment before runs.
 */
export function starving(
  environment: Environment,
  parent: string,
  running: string | undefined,
  next: string,
  history: AppHistory,
): string[] {
  const wanted = wantedSoak(environment);
  if (wanted === 0) return [];
  const verified = history.records
    .filter((each) => each.environment === parent && each.outcome.state === 'verified')
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const later = verified.slice(verified.findLastIndex(({ release }) => release === running) + 1);
  const soaks = new Map(later.map(({ release }) => [release, soakOf(release, parent, history)]));
  if ([...soaks.values()].some(({ observed }) => observed >= wanted)) return [];
  soaks.delete(next);
  // What failed there was not replaced too early.
  const gone = [...soaks.values()].filter(({ failure }) => failure === undefined);
  const since = later.find(({ release }) => soaks.has(release))?.at;
  if (gone.length === 0 || since === undefined) return [];
  const longest = formatDuration(Math.max(...gone.map(({ observed }) => observed)));
  const releases = gone.length === 1 ? '1 release' : `${gone.length} releases`;
  return [
    `soak of ${formatDuration(wanted)} starves: since ${since} ${parent} has replaced ${releases} before it was over, the oldest healthy for ${longest}`,
  ];
}
