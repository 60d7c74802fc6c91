import { describe, expect, it } from 'vitest';
import { commitInput, commitMutation, openLab, type Lab } from './lab.ts';

interface Committed {
  createCommitOnBranch: { commit: { oid: string }; ref: { target: { oid: string } } };
}

/** The error in an answer, which itself has status 200. */
async function errorOf(call: Promise<unknown>): Promise<{ type?: string; message: string }> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const { errors } = error as { errors: { type?: string; message: string }[] };
  return errors[0]!;
}

function commit({ octokit }: Pick<Lab, 'octokit'>, input: object): Promise<Committed> {
  return octokit.graphql<Committed>(commitMutation, { input });
}

describe('createCommitOnBranch', () => {
  it('makes one commit on the head that is expected, by the app and committed by GitHub', async () => {
    const lab = await openLab();
    const before = await lab.head('deploy/prod');
    const { createCommitOnBranch: made } = await commit(lab, commitInput('deploy/prod', before));

    expect(await lab.head('deploy/prod')).toBe(made.commit.oid);
    expect(made.ref.target.oid).toBe(made.commit.oid);
    expect(await lab.git('log', '-1', '--format=%P|%an|%ae|%cn|%B', 'deploy/prod')).toBe(
      `${before}|sluice[bot]|4711+sluice[bot]@users.noreply.github.com|GitHub|Promote web\n\nAs planned.`,
    );
    expect(await lab.git('show', 'deploy/prod:web/file')).toBe('x');
    expect(lab.github.mutations()).toEqual(['createCommitOnBranch']);
  });

  it('takes files away, and refuses to take away one that is not there', async () => {
    const lab = await openLab();
    const head = await lab.commit('deploy/prod', { 'web/a': '1', 'web/b': '2' });
    const fileChanges = { deletions: [{ path: 'web/a' }] };
    await commit(lab, { ...commitInput('deploy/prod', head), fileChanges });
    const again = commit(lab, { ...commitInput('deploy/prod', await lab.head('deploy/prod')), fileChanges });

    expect(await lab.git('ls-tree', '-r', '--name-only', 'deploy/prod')).toBe('web/b');
    expect((await errorOf(again)).message).toContain('A path was requested for deletion which does not exist');
  });

  it('says STALE_DATA where the branch is not at the expected head, and writes nothing', async () => {
    const lab = await openLab();
    const old = await lab.head('deploy/prod');
    const now = await lab.commit('deploy/prod');
    expect(await errorOf(commit(lab, commitInput('deploy/prod', old)))).toMatchObject({
      type: 'STALE_DATA',
      path: ['createCommitOnBranch'],
      message: `Expected branch to point to "${old}" but it did not.  Pull and try again.`,
    });
    expect(await lab.head('deploy/prod')).toBe(now);
  });

  it('lets one of two that expect the same head win', async () => {
    const lab = await openLab();
    const head = await lab.head('deploy/prod');
    const both = await Promise.allSettled([
      commit(lab, commitInput('deploy/prod', head, { a: '1' })),
      commit(lab, commitInput('deploy/prod', head, { b: '2' })),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await lab.git('rev-list', '--count', `${head}..deploy/prod`)).toBe('1');
  });

  it('makes no branches', async () => {
    const lab = await openLab();
    const error = await errorOf(commit(lab, commitInput('deploy/new', await lab.head('main'))));
    expect(error).toMatchObject({ type: 'NOT_FOUND', message: 'Branch not found' });
    expect(await lab.bare.resolve('refs/heads/deploy/new')).toBeUndefined();
  });

  it('needs the permission to write contents, and a repository that the token sees', async () => {
    const lab = await openLab();
    const head = await lab.head('deploy/prod');
    const reader = lab.client(lab.github.issue({ permissions: { contents: 'read' } }));
    const stranger = lab.client(lab.github.issue({ repositories: ['acme/other'] }));
    expect(await errorOf(commit({ octokit: reader }, commitInput('deploy/prod', head)))).toMatchObject({
      type: 'FORBIDDEN',
      message: 'Resource not accessible by integration',
    });
    expect(await errorOf(commit({ octokit: stranger }, commitInput('deploy/prod', head)))).toMatchObject({
      type: 'NOT_FOUND',
      message: "Could not resolve to a Repository with the name 'acme/shop'.",
    });
  });

  it('takes only what GitHub publishes: object ids, base64, fields and inputs', async () => {
    const lab = await openLab();
    const head = await lab.head('deploy/prod');
    const input = commitInput('deploy/prod', head);
    const wrong = [
      commit(lab, { ...input, expectedHeadOid: 'main' }),
      commit(lab, { ...input, fileChanges: { additions: [{ path: 'a', contents: 'not base64!' }] } }),
      commit(lab, { ...input, force: true }),
      lab.octokit.graphql(commitMutation.replace('commit { oid }', 'commit { id_of_it }'), { input }),
    ];
    const said = await Promise.all(wrong.map(async (call) => (await errorOf(call)).message));
    expect(said[0]).toContain('GitObjectID');
    expect(said[1]).toContain('Base64String');
    expect(said[2]).toContain('force');
    expect(said[3]).toContain('id_of_it');
    expect(await lab.head('deploy/prod')).toBe(head);
  });

  it.each(['../up', 'a//b', '.git/config', ''])('refuses the path %j', async (path) => {
    const lab = await openLab();
    const head = await lab.head('deploy/prod');
    const error = await errorOf(commit(lab, commitInput('deploy/prod', head, { [path]: 'x' })));
    expect(error.message).toContain('malformed');
  });
});

describe('repository', () => {
  const query = `query ($name: String!, $ref: String!) {
    repository(owner: "acme", name: $name) { nameWithOwner ref(qualifiedName: $ref) { name target { oid } } }
  }`;

  it('says where a branch is, and null for one that does not exist', async () => {
    const lab = await openLab();
    const asked = await lab.octokit.graphql(query, { name: 'shop', ref: 'refs/heads/deploy/prod' });
    expect(asked).toEqual({
      repository: {
        nameWithOwner: 'acme/shop',
        ref: { name: 'deploy/prod', target: { oid: await lab.head('deploy/prod') } },
      },
    });
    expect(await lab.octokit.graphql(query, { name: 'shop', ref: 'refs/heads/none' })).toMatchObject({
      repository: { ref: null },
    });
  });

  it('is not there for a token that does not see it', async () => {
    const lab = await openLab();
    expect(await errorOf(lab.octokit.graphql(query, { name: 'other', ref: 'main' }))).toMatchObject({
      type: 'NOT_FOUND',
    });
  });
});
