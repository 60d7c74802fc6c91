import type { Place } from './locate.ts';

/** Something that has to be put right, as it is told. */
export interface Problem extends Place {
  /** Whose it is: apps/<app>, infrastructure or argocd. */
  area: string;
  policy: string;
  requirements: readonly string[];
  /** `Rollout/web`; empty where it is about a file. */
  object: string;
  /** In which environments; none of the platform. */
  environments: string[];
  message: string;
  reason: string;
  fix: string;
}

/** Each problem once, with all environments that have it, by file and line. */
export function mergeProblems(problems: readonly Problem[]): Problem[] {
  const groups = Map.groupBy(problems, ({ file, line, policy, object, message }) =>
    JSON.stringify([file, line, policy, object, message]),
  );
  const merged = [...groups.values()].flatMap(([first, ...rest]) =>
    first === undefined
      ? []
      : [{ ...first, environments: [...new Set([first, ...rest].flatMap((each) => each.environments))] }],
  );
  return merged.toSorted(
    (a, b) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      compare(a.policy, b.policy) ||
      compare(a.object + a.message, b.object + b.message),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** `apps/web` of what lies below it; else the folder at the top. */
export function areaOf(path: string): string {
  return /^apps\/[^/]+|^[^/]+/.exec(path)?.[0] ?? '';
}
