import type { Config } from '../core/config.ts';
import { describePolicy, waivable } from '../core/validate/judge.ts';
import type { Place } from '../core/validate/locate.ts';
import { areaOf, type Problem } from '../core/validate/problem.ts';
import type { Files } from '../core/validate/sources.ts';
import { isFor, readWaivers, waiverFile, type Waiver } from '../core/validate/waivers.ts';
import type { ToValidate } from './validate.ts';

/** The waivers of all apps and of the platform, and what is wrong with their files. */
export function waiversOf(files: Files, config: Config): { waivers: Waiver[]; problems: Problem[] } {
  const folders = [...Object.keys(config.apps).map((app) => `apps/${app}`), 'infrastructure', 'argocd'];
  const read = folders.flatMap((folder) => {
    const file = `${folder}/${waiverFile}`;
    const text = files.get(file);
    return text === undefined ? [] : [readWaivers(file, text, waivable)];
  });
  const problems = read
    .flatMap((each) => each.problems)
    .map(({ place, message }) => waiverProblem(place, message, 'correct the waiver'));
  return { waivers: read.flatMap((each) => each.waivers), problems };
}

function waiverProblem(place: Place, message: string, fix: string): Problem {
  return {
    ...place,
    area: areaOf(place.file),
    policy: 'waiver',
    ...describePolicy('waiver'),
    object: '',
    environments: [],
    message,
    fix,
  };
}

/** What no waiver is for, and the waivers that have expired or, of what was judged, are for nothing. */
export function waive(
  found: readonly Problem[],
  waivers: readonly Waiver[],
  { today, apps, environments, platform, config, charts }: ToValidate,
): { left: Problem[]; unused: Problem[] } {
  const used = new Set<Waiver>();
  const left = found.filter(({ area, policy, object, environments: where }) => {
    const waiver = waivers.find(
      (each) => each.expires >= today && each.folder === area && isFor(each, policy, object, where[0]),
    );
    if (waiver !== undefined) used.add(waiver);
    return waiver === undefined;
  });
  const whole = environments.length === config.environments.length;
  const judged = waivers.filter(({ folder }) =>
    folder.startsWith('apps/') ? whole && apps.includes(folder.slice(5)) : platform,
  );
  const unused = judged.flatMap((each) => {
    const what = `${each.policy} of ${each.object}`;
    if (each.expires < today)
      return [
        waiverProblem(
          each.place,
          `the waiver of ${what} expired on ${each.expires}`,
          `mend it, or let ${each.owner} renew it`,
        ),
      ];
    // Of charts only fields are judged.
    const mayBeOfChart = each.folder === 'infrastructure' && each.policy === 'schema';
    if (used.has(each) || (mayBeOfChart && charts === undefined)) return [];
    return [waiverProblem(each.place, `nothing needs the waiver of ${what}`, 'take it out')];
  });
  return { left, unused };
}
