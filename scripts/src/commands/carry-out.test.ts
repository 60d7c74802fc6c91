import { describe, expect, it } from 'vitest';
import { readRequest } from './carry-out.ts';

describe('carry-out', () => {
  it('reads the command line that the inputs of the workflow stand for', () => {
    const env = { COMMAND: 'promote', APPS: 'web jobs', ENVIRONMENT: 'prod', OPTIONS: '["--release=abc"]' };

    expect(readRequest({ env })).toEqual(['promote', '--to=prod', '--release=abc', '--', 'web', 'jobs']);
  });

  it('refuses what a bot asks for, also where it runs again what a person asked for', () => {
    const env = { COMMAND: 'approve', APPS: 'web', ENVIRONMENT: 'prod', OPTIONS: '[]' };
    const asked = (actor: string, again = actor): string[] =>
      readRequest({ env: { ...env, GITHUB_ACTOR: actor, GITHUB_TRIGGERING_ACTOR: again } });

    const refusal = expect.objectContaining({
      message: 'github-actions[bot] is nobody who may ask for something: what is carried out names a person',
      exit: 'usage',
    }) as Error;
    expect(() => asked('github-actions[bot]')).toThrow(refusal);
    expect(() => asked('ann', 'github-actions[bot]')).toThrow(refusal);
    expect(asked('github-actions[bot]', 'ann')).toEqual(asked('ann'));
  });

  it('says what is missing where no workflow has set it', () => {
    expect(() => readRequest({ env: {} })).toThrow('COMMAND is not set, so nothing is asked for');
  });
});
