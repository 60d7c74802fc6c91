import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { UserError } from '../core/errors.ts';
import { printError } from './print-error.ts';

function printed(error: unknown, env: NodeJS.ProcessEnv): string {
  const lines: string[] = [];
  const stream = new Writable({ write: (chunk, _, done) => (lines.push(String(chunk)), done()) });
  printError(error, stream, env);
  return lines.join('');
}

describe('printError', () => {
  it('prints no token and no password of an address, in messages, hints and stacks', () => {
    const env = { GH_TOKEN: 'ghs_secret', GITHUB_TOKEN: 'ghp_other' };
    const text = 'unable to access https://x-access-token:ghs_else@github.com/acme/shop with ghs_secret and ghp_other';
    const safe = 'unable to access https://***@github.com/acme/shop with *** and ***';

    expect(printed(new UserError(text, { hint: text }), env)).toBe(`error: ${safe}\n  ${safe}\n`);
    expect(printed(new Error(text), env)).toContain(safe);
    expect(printed(new Error(text), env)).not.toMatch(/ghs_|ghp_/);
  });

  it('leaves a text without secrets as it is', () => {
    expect(printed(new UserError('git@github.com is not ann@example.com'), {})).toBe(
      'error: git@github.com is not ann@example.com\n',
    );
  });
});
