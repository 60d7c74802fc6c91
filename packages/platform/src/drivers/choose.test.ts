import { describe, expect, it } from 'vitest';
import { chooseDriver, type Machine } from './index.ts';

const bare: Machine = { platform: 'linux', uid: 0, dockerTrouble: 'there is no docker command' };
const docker: Machine = { platform: 'linux', uid: 1000, dockerTrouble: undefined };

describe('driver', () => {
  it.each([
    ['kind where Docker answers', {}, undefined, docker, { driver: 'kind' }],
    ['embedded for root on Linux', {}, undefined, bare, { driver: 'embedded' }],
    ['the one that is asked for', { driver: 'embedded' }, { driver: 'kind' }, docker, { driver: 'embedded' }],
    ['the one of the last start', {}, { driver: 'embedded' }, { ...docker, uid: 0 }, { driver: 'embedded' }],
    ['context when one is named', { context: 'mine' }, undefined, bare, { driver: 'context', context: 'mine' }],
  ] as const)('is %s', (_, asked, last, machine, expected) => {
    expect(chooseDriver(asked, last, machine)).toEqual(expected);
  });

  it('says what each one misses where none fits', () => {
    expect(() => chooseDriver({}, undefined, { ...bare, uid: 1000 })).toThrow(
      expect.objectContaining({
        message: 'no driver fits this machine',
        hint: expect.stringMatching(
          /kind needs Docker: there is no docker command\nembedded needs Linux and root: this user is not root/,
        ),
      }),
    );
  });

  it('is guessed at when the name is wrong', () => {
    expect(() => chooseDriver({ driver: 'embeded' }, undefined, bare)).toThrow(
      'unknown driver "embeded" (did you mean "embedded"?)',
    );
  });
});
