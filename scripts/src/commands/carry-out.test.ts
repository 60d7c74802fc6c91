import { describe, expect, it } from 'vitest';
import { readRequest } from './carry-out.ts';

describe('carry-out', () => {
  it('reads the command line that the inputs of the workflow stand for', () => {
    const env = { COMMAND: 'promote', APPS: 'web jobs', ENVIRONMENT: 'prod', OPTIONS: '["--release=abc"]' };

    expect(readRequest({ env })).toEqual(['promote', '--to=prod', '--release=abc', '--', 'web', 'jobs']);
  });

  it('says what is missing where no workflow has set it', () => {
    expect(() => readRequest({ env: {} })).toThrow('COMMAND is not set, so nothing is asked for');
  });
});
