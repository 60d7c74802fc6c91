/** What kinds of trouble there are, the ones that say most first. */
export const causes = [
  'memory',
  'crash',
  'image',
  'start',
  'policy',
  'quota',
  'create',
  'probe',
  'evicted',
  'schedule',
  'volume',
  'sync',
] as const;

/** Why a landing does not work out, by what the cluster says. */
export interface Diagnosis {
  cause: (typeof causes)[number];
  /** In one line: what, where, and the cluster's own words. */
  reason: string;
  pod?: string;
  container?: string;
  namespace?: string;
  /** Which of the container's logs tells more: that of the run before, or that of the one now. */
  log?: 'previous' | 'current';
}

/** What keeps objects from being created, by the API server's message; `other` where it is neither a quota nor a policy. */
export function refusalCause<Other extends Diagnosis['cause']>(
  message: string,
  other: Other,
): 'quota' | 'policy' | Other {
  if (/exceeded quota|must specify limits/.test(message)) return 'quota';
  return /denied|violates PodSecurity|is forbidden/.test(message) ? 'policy' : other;
}
