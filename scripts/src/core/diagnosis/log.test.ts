import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logLines, printableLog } from './log.ts';

describe('a log', () => {
  it('is shown by its last ten lines', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);

    expect(printableLog(`${lines.join('\n')}\n\n`, [])).toEqual(lines.slice(-logLines));
  });

  it('is shown by its last two thousand characters, whole lines first', () => {
    const [first, ...others] = printableLog(`${'a '.repeat(500)}\n${'b '.repeat(990)}\nlast`, []);

    expect(others.map((each) => each.length)).toEqual([1979, 4]);
    expect(first).toMatch(/^(a ){32}…$/);
  });

  it.each([
    'connecting with password=hunter2',
    '{"level":"error","token":"abcdef"}',
    'Authorization: Bearer abc',
    'postgres://app:hunter2@db/orders',
    'the key is s3cr3t-value',
    'jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP',
    'using ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    'aws AKIAIOSFODNN7EXAMPLE',
  ])('never shows a credential: %s', (line) => {
    expect(printableLog(`before\n${line}\nafter`, ['s3cr3t-value'])).toEqual(['before', '(redacted)', 'after']);
  });

  it.each([
    'listening on 8080',
    'Error: cannot find module ./server.js',
    'GET /livez 200 in 1 ms, trace 4bf92f3577b34da6',
  ])('shows what is none: %s', (line) => {
    expect(printableLog(line, [])).toEqual([line]);
  });

  it('never shows a private key, not even the end of one', () => {
    const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj';
    const key = ['-----BEGIN PRIVATE KEY-----', body, 'short=', '-----END PRIVATE KEY-----'];

    expect(printableLog(key.join('\n'), [])).toEqual(Array.from({ length: 4 }, () => '(redacted)'));
    expect(printableLog(`${body}\nnext`, [])).toEqual(['(redacted)', 'next']);
  });

  it('reaches a terminal without anything that could command it', () => {
    expect(printableLog('\u001B[31mred\u001B[0m \u001B]0;title\u0007 a\u0000b\rc', [])).toEqual(['red  a b c']);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 4000 }), (text) => {
        const shown = printableLog(text, []);
        expect(shown.length).toBeLessThanOrEqual(logLines);
        expect(shown.join('').length).toBeLessThanOrEqual(2048 + 1);
        expect(shown.join('')).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 40 },
    );
  });
});
