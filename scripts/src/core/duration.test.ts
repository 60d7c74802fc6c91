import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration, parseUntil } from './duration.ts';

const now = new Date('2030-01-01T00:00:00Z');

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['64h', 230_400_000],
    ['7d', 604_800_000],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '10', '1.5h', '-1h', '10 m', 'PT1H', '1h30m'])('refuses "%s" and shows the form', (text) => {
    expect(() => parseDuration(text)).toThrow(`"${text}" is not a duration such as 90s, 10m, 64h or 7d`);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [999, '0s'],
    [90_000, '1m 30s'],
    [600_000, '10m'],
    [230_405_000, '2d 16h'],
  ])('says %d milliseconds as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('says what the configuration says', () => {
    for (const text of ['45s', '10m', '5h', '7d']) expect(formatDuration(parseDuration(text))).toBe(text);
  });
});

describe('parseUntil', () => {
  it('counts a duration from now', () => {
    expect(parseUntil('2h', now)).toBe('2030-01-01T02:00:00.000Z');
  });

  it('takes an instant with its offset', () => {
    expect(parseUntil('2030-01-31T18:00:00+01:00', now)).toBe('2030-01-31T17:00:00.000Z');
  });

  it('refuses an instant without an offset, which would mean another time elsewhere', () => {
    expect(() => parseUntil('2030-01-31T18:00:00', now)).toThrow('neither a duration such as 2h nor an instant');
  });

  it.each(['2029-12-31T00:00:00Z', '2030-01-01T00:00:00Z', '0s', '000d'])(
    'refuses %s, at which nothing is left to stop',
    (text) => {
      expect(() => parseUntil(text, now)).toThrow(`"${text}" is over already`);
    },
  );
});
