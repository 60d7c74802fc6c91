import type { IEvent } from 'kubernetes-models/v1/Event';

/** Milliseconds by which the cluster's clock may be behind. */
const skew = 30_000;

/** The events that happened again since a time, newest first: older ones speak of what ran before. */
export function eventsSince(events: readonly IEvent[], since: Date): IEvent[] {
  return events
    .map((event) => ({ event, at: lastSeen(event) }))
    .filter(({ at }) => at >= since.getTime() - skew)
    .toSorted((a, b) => b.at - a.at)
    .map(({ event }) => event);
}

/** Milliseconds since 1970; 0 where an event does not say. */
function lastSeen({ series, lastTimestamp, eventTime, metadata }: IEvent): number {
  const said = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  return said === undefined ? 0 : Date.parse(said);
}

/** The events about an object. */
export function eventsOf(events: readonly IEvent[], kind: string, name: string): IEvent[] {
  return events.filter(({ involvedObject }) => involvedObject.kind === kind && involvedObject.name === name);
}
