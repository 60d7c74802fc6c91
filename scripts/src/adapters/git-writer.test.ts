import { describe, expect, it } from 'vitest';
import { createRemote, request } from '../../test/remote.ts';
import { createGitWriter, writeTogether } from './git-writer.ts';

describe('a write', () => {
  it('goes onto a newer head where what it was decided on is as it was', async () => {
    const { git, head, files, subjects } = await createRemote();
    const writer = createGitWriter(git, 'origin');
    const first = await writer.write('deploy/dev', request(head, 'a', { basis: ['a', 'policy'] }));
    const second = await writer.write('deploy/dev', request(head, 'b', { basis: ['b', 'policy'] }));

    expect([first.state, second.state]).toEqual(['landed', 'landed']);
    expect(await files('deploy/dev')).toEqual(['a/release.yaml', 'b/release.yaml']);
    expect(await subjects('deploy/dev')).toEqual(['Write b', 'Write a', 'Start']);
  });

  it.each([
    ['what it was decided on has changed', { basis: ['b', 'a'] }],
    ['it does not say what it was decided on', {}],
  ])('has moved where %s', async (_, more) => {
    const { git, head, files } = await createRemote();
    const writer = createGitWriter(git, 'origin');
    await writer.write('deploy/dev', request(head, 'a'));

    expect(await writer.write('deploy/dev', request(head, 'b', more))).toEqual({ state: 'moved' });
    expect(await files('deploy/dev')).toEqual(['a/release.yaml']);
  });

  it('is found on the branch, and not made twice, where its answer was lost', async () => {
    const { git, head, subjects } = await createRemote();
    const writer = createGitWriter(git, 'origin');
    const once = await writer.write('deploy/dev', request(head, 'a'));
    await writer.write('deploy/dev', request(head, 'b', { basis: ['b'] }));

    expect(await writer.write('deploy/dev', request(head, 'a'))).toEqual(once);
    expect(await subjects('deploy/dev')).toHaveLength(3);
  });

  it('is not taken for another with the same message and other files', async () => {
    const { git, head } = await createRemote();
    const writer = createGitWriter(git, 'origin');
    await writer.write('deploy/dev', request(head, 'a'));
    const other = { ...request(head, 'a'), files: new Map([['a/release.yaml', 'other\n']]) };

    expect(await writer.write('deploy/dev', other)).toEqual({ state: 'moved' });
  });

  it('that the remote refuses says why', async () => {
    const { git, head, refuse } = await createRemote();
    await refuse('a/release.yaml');

    expect(await createGitWriter(git, 'origin').write('deploy/dev', request(head, 'a'))).toEqual({
      state: 'refused',
      reason: expect.stringContaining('not a/release.yaml'),
    });
  });
});

describe('writes together', () => {
  it('are one push of a line of commits', async () => {
    const { git, head, subjects, pushes } = await createRemote();
    const written = await writeTogether(
      git,
      'origin',
      'deploy/dev',
      ['a', 'b', 'c'].map((app) => request(head, app, { basis: [app] })),
    );

    expect(written.map((each) => each.state)).toEqual(['landed', 'landed', 'landed']);
    expect(await subjects('deploy/dev')).toEqual(['Write c', 'Write b', 'Write a', 'Start']);
    expect(await pushes()).toBe(1);
  });

  it('leave out the one that the remote refuses', async () => {
    const { git, head, files, refuse } = await createRemote();
    await refuse('b/release.yaml');
    const written = await writeTogether(
      git,
      'origin',
      'deploy/dev',
      ['a', 'b', 'c'].map((app) => request(head, app, { basis: [app] })),
    );

    expect(written.map((each) => each.state)).toEqual(['landed', 'refused', 'landed']);
    expect(await files('deploy/dev')).toEqual(['a/release.yaml', 'c/release.yaml']);
  });

  it('that exclude each other land one, and the other has moved', async () => {
    const { git, head, subjects } = await createRemote();
    const hold = { ...request(head, 'policy', { basis: ['policy'] }) };
    const landing = request(head, 'a', { basis: ['a', 'policy'] });
    const written = await writeTogether(git, 'origin', 'deploy/dev', [hold, landing]);

    expect(written.map((each) => each.state)).toEqual(['landed', 'moved']);
    expect(await subjects('deploy/dev')).toEqual(['Write policy', 'Start']);
  });
});
