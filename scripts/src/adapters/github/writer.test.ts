import { describe, expect, it } from 'vitest';
import { gitHubLab, type GitHubLab } from '../../../test/github-lab.ts';
import { temporaryFolder } from '../../../test/temporary.ts';
import { createGit, type Git } from '../git.ts';
import type { CommitRequest } from '../git-import.ts';
import type { Writer } from '../writer.ts';

const by = { name: 'Ann', email: 'ann@example.invalid' };
const message = 'Promote web to dev\n\nweb: a -> b\n\nIntent: 0123456789abcdef\nBy: Ann <ann@example.invalid>\n';

/** A clone of the repository, with what writes to it. */
async function clone(lab: GitHubLab): Promise<{ git: Git; writer: Writer; request: CommitRequest & { head: string } }> {
  const folder = await temporaryFolder();
  const git = createGit(folder, { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' });
  await git.run(['init', '--quiet', '.']);
  await git.run(['remote', 'add', 'origin', (await lab.git.run(['rev-parse', '--absolute-git-dir'])).stdout.trim()]);
  await git.fetch('origin');
  const head = (await git.resolve('refs/remotes/origin/deploy/dev')) ?? '';
  const files = new Map([['web/manifests.yaml', 'a: "ü"\n']]);
  return { git, writer: lab.github.writer(git, 'origin'), request: { head, files, message, by, at: 1 } };
}

describe('writing by the API', () => {
  it('makes one commit on the head that was named, by the App, with the message as it is, and fetches it', async () => {
    const lab = await gitHubLab();
    const { git, writer, request } = await clone(lab);
    const written = await writer.write('deploy/dev', { ...request, removed: ['file'] });
    const commit = await lab.git.resolve('refs/heads/deploy/dev');

    expect(written).toEqual({ state: 'landed', commit });
    expect(await git.resolve('refs/remotes/origin/deploy/dev')).toBe(commit);
    expect(await git.resolve(`${commit}~1`)).toBe(request.head);
    expect((await git.message(commit!)).trim()).toBe(message.trim());
    expect((await git.author(commit!)).name).toBe('sluice[bot]');
    const { texts } = await git.snapshot(commit!, { wanted: () => true });
    expect([...texts]).toEqual([...request.files]);
  });

  it.each(['done, connection reset', 'done, 500', 'done, cut body'] as const)(
    'finds its own commit where the answer was lost, and makes no second one: %s',
    async (kind) => {
      const lab = await gitHubLab();
      const { writer, request } = await clone(lab);
      lab.server.fault({ on: 'createCommitOnBranch', kind });
      const written = await writer.write('deploy/dev', request);

      expect(written).toEqual({ state: 'landed', commit: await lab.git.resolve('refs/heads/deploy/dev') });
      expect((await lab.git.run(['rev-list', '--count', 'deploy/dev'])).stdout.trim()).toBe('2');
    },
  );

  it('says that the branch has moved where somebody was faster, also with the same message', async () => {
    const lab = await gitHubLab();
    const { writer, request } = await clone(lab);
    lab.server.fault({ on: 'createCommitOnBranch', kind: 'stale head', files: { other: 'x' } });
    expect(await writer.write('deploy/dev', request)).toEqual({ state: 'moved' });

    const twin = await clone(lab);
    const files = new Map([['web/manifests.yaml', 'b: other\n']]);
    expect((await twin.writer.write('deploy/dev', { ...twin.request, files })).state).toBe('landed');
    expect(await twin.writer.write('deploy/dev', twin.request)).toEqual({ state: 'moved' });
  });

  it('is refused in the words of the rules, and by a token that may not write', async () => {
    const lab = await gitHubLab();
    const { git, request } = await clone(lab);
    lab.server.protect({ branches: ['deploy/*'], bypass: [] });
    const refused = await lab.github.writer(git, 'origin').write('deploy/dev', request);
    const reader = lab.as(lab.server.issue({ permissions: { contents: 'read' } })).writer(git, 'origin');

    expect(refused).toEqual({ state: 'refused', reason: expect.stringContaining('Cannot update this protected ref') });
    await expect(reader.write('deploy/dev', request)).rejects.toMatchObject({
      message: 'GitHub refused to write to deploy/dev: Resource not accessible by integration',
      hint: 'the token lacks the permission contents: write',
    });
  });

  it('makes the first commit of a branch too', async () => {
    const lab = await gitHubLab();
    const { writer, request } = await clone(lab);
    const written = await writer.write('delivery-records', { ...request, head: undefined });

    expect(written).toEqual({ state: 'landed', commit: await lab.git.resolve('refs/heads/delivery-records') });
  });
});
