import { UserError } from './errors.ts';

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `10m`, `64h`, `7d`. */
export const durationPattern = /^(\d{1,6})([smhd])$/;

/** Milliseconds of a duration such as `90s`, `10m`, `64h` or `7d`; throws UserError for anything else. */
export function parseDuration(text: string): number {
  const [, count, unit] = durationPattern.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw new UserError(`"${text}" is not a duration such as 90s, 10m, 64h or 7d`, {
      hint: 'a whole number and s, m, h or d: 90m is an hour and a half',
      exit: 'usage',
    });
  }
  return Number(count) * units[unit as keyof typeof units];
}

/**
 * When a stop ends, ISO 8601 in UTC, from a duration counted from now or an instant with its offset; throws UserError
 * otherwise, and where it would end no later than now.
 */
export function parseUntil(text: string, now: Date): string {
  const instant = durationPattern.test(text) ? now.getTime() + parseDuration(text) : parseInstant(text);
  if (Number.isNaN(instant)) {
    throw new UserError(`"${text}" is neither a duration such as 2h nor an instant such as 2030-01-31T18:00:00+01:00`, {
      hint: 'write how long from now, or when, with the offset from UTC',
      exit: 'usage',
    });
  }
  if (instant <= now.getTime()) {
    throw new UserError(`"${text}" is over already`, { hint: `it is ${now.toISOString()} now`, exit: 'usage' });
  }
  return new Date(instant).toISOString();
}

/** NaN for what is no instant with its offset. */
function parseInstant(text: string): number {
  return /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
}

/** Milliseconds in the words of the configuration, by the two greatest units: `45s`, `1h 5m`, `2d`. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.floor(milliseconds / 1000) * 1000;
  const parts: string[] = [];
  for (const [unit, size] of Object.entries(units).toReversed()) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0s';
}
