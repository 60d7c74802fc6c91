import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { asAdministrator } from './bare.ts';
import { commitInput, commitMutation, openLab, refusal } from './lab.ts';

const run = promisify(execFile);

describe('refs', () => {
  it('are created once, at a commit that exists', async () => {
    const { octokit, where, head } = await openLab();
    const sha = await head('main');
    const create = { ...where, ref: 'refs/heads/promote/web', sha };
    expect((await octokit.rest.git.createRef(create)).data.object.sha).toBe(sha);
    expect((await octokit.rest.git.getRef({ ...where, ref: 'heads/promote/web' })).data.object.sha).toBe(sha);
    expect((await refusal(octokit.rest.git.createRef(create))).data.message).toBe('Reference already exists');
    const nowhere = { ...create, ref: 'refs/heads/b', sha: 'a'.repeat(40) };
    expect((await refusal(octokit.rest.git.createRef(nowhere))).data.message).toBe('Object does not exist');
    expect((await refusal(octokit.rest.git.createRef({ ...create, ref: 'promote/web' }))).status).toBe(422);
    expect((await refusal(octokit.rest.git.getRef({ ...where, ref: 'heads/none' }))).status).toBe(404);
  });

  it('move forward, and elsewhere only by force', async () => {
    const { octokit, where, head, commit } = await openLab();
    const [old, ahead] = [await head('deploy/prod'), await commit('promote/web')];
    const update = { ...where, ref: 'heads/deploy/prod' };
    await octokit.rest.git.updateRef({ ...update, sha: ahead });
    expect(await head('deploy/prod')).toBe(ahead);

    const back = await refusal(octokit.rest.git.updateRef({ ...update, sha: old }));
    expect(back).toMatchObject({ status: 422, data: { message: 'Update is not a fast forward' } });
    expect(await head('deploy/prod')).toBe(ahead);
    await octokit.rest.git.updateRef({ ...update, sha: old, force: true });
    expect(await head('deploy/prod')).toBe(old);
    expect((await refusal(octokit.rest.git.updateRef({ ...where, ref: 'heads/none', sha: old }))).data.message).toBe(
      'Reference does not exist',
    );
  });

  it('are deleted once', async () => {
    const { octokit, where, commit, bare } = await openLab();
    await commit('promote/web');
    await octokit.rest.git.deleteRef({ ...where, ref: 'heads/promote/web' });
    expect(await bare.resolve('refs/heads/promote/web')).toBeUndefined();
    expect((await refusal(octokit.rest.git.deleteRef({ ...where, ref: 'heads/promote/web' }))).status).toBe(422);
  });
});

describe('a ruleset', () => {
  it('lets only the app create, update and delete what it protects', async () => {
    const lab = await openLab();
    const { octokit, where, github, head, commit } = lab;
    github.protect({ branches: ['deploy/*'], bypass: ['sluice[bot]'] });
    const ann = lab.client(github.issue({ kind: 'person', login: 'ann' })).rest.git;
    const [before, ahead] = [await head('deploy/prod'), await commit('promote/web')];
    const prod = { ...where, ref: 'heads/deploy/prod' };

    const update = await refusal(ann.updateRef({ ...prod, sha: ahead }));
    const create = await refusal(ann.createRef({ ...where, ref: 'refs/heads/deploy/new', sha: ahead }));
    const remove = await refusal(ann.deleteRef(prod));
    expect([update, create, remove].map(({ status, data }) => [status, data.message])).toEqual([
      [422, 'Repository rule violations found\n\nCannot update this protected ref.\n\n'],
      [422, 'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n'],
      [422, 'Repository rule violations found\n\nCannot delete this protected ref.\n\n'],
    ]);
    expect(await head('deploy/prod')).toBe(before);

    await ann.createRef({ ...where, ref: 'refs/heads/free', sha: ahead });
    await octokit.rest.git.updateRef({ ...prod, sha: ahead });
    expect(await head('deploy/prod')).toBe(ahead);
  });

  it('holds for commits by GraphQL', async () => {
    const lab = await openLab();
    lab.github.protect({ branches: ['deploy/*'], bypass: ['sluice[bot]'] });
    const ann = lab.client(lab.github.issue({ kind: 'person', login: 'ann' }));
    const head = await lab.head('deploy/prod');
    const input = commitInput('deploy/prod', head);
    await expect(ann.graphql(commitMutation, { input })).rejects.toThrow('Cannot update this protected ref.');
    expect(await lab.head('deploy/prod')).toBe(head);
    await lab.octokit.graphql(commitMutation, { input });
    expect(await lab.head('deploy/prod')).not.toBe(head);
  });

  it('holds for git push', async () => {
    const { github, folder, commit, head, git } = await openLab();
    const [before, ahead] = [await head('deploy/prod'), await commit('promote/web')];
    const push = (branch: string, more: NodeJS.ProcessEnv = {}): Promise<unknown> =>
      run('git', ['--git-dir', folder, 'push', folder, `${ahead}:refs/heads/${branch}`], {
        env: { ...process.env, ...more },
      });
    github.protect({ branches: ['deploy/*'], bypass: ['sluice[bot]'] });

    await expect(push('deploy/prod')).rejects.toThrow('GH013: Repository rule violations found');
    expect(await head('deploy/prod')).toBe(before);
    await push('free');
    await push('deploy/prod', asAdministrator);
    expect(await git('rev-parse', 'free', 'deploy/prod')).toBe(`${ahead}\n${ahead}`);
  });
});
