/**
 * Why `auto` leaves a release where it is, where an environment has had it before: it left by a rollback, an abort, a
 * failure, or for a newer one. Nor does it bring back an app that was retired, whatever its release.
 * `past` has the ids of all releases that the environment has had, `running` the present one's.
 */
export function staysAway(past: readonly string[], running: string | undefined, candidate: string): string | undefined {
  if (running === undefined && past.length > 0) return 'the app was retired here';
  return past.includes(candidate) ? 'it has left here before' : undefined;
}
