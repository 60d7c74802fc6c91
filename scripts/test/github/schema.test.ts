import { describe, expect, it } from 'vitest';
import { complete } from './complete.ts';
import { openLab, refusal } from './lab.ts';
import { violations } from './rest.ts';
import { readRestSchema } from './rest-schema.ts';

const schema = readRestSchema();
const createRef = schema.operations.find(({ id }) => id === 'git/create-ref')!;
const sha = 'a'.repeat(40);
const known = {
  ref: 'refs/heads/main',
  url: 'https://github.com/',
  object: { type: 'commit', sha, url: 'https://github.com/' },
};

describe('what GitHub publishes', () => {
  it('judges answers: what is missing, of another type or unheard of, and statuses', () => {
    const judged = (status: number, body?: unknown): string[] => violations(schema, createRef, { status, body });
    const good = complete(schema, 'git-ref', known);
    expect(judged(201, good)).toEqual([]);
    expect(judged(201, { ...good, node_id: undefined })[0]).toContain("must have required property 'node_id'");
    expect(judged(201, { ...good, ref: 7 })[0]).toContain('/ref must be string');
    expect(judged(201, { ...good, url: 'nowhere' })[0]).toContain('must match format "uri"');
    expect(judged(201, { ...good, head: 'x' })[0]).toContain('must NOT have additional properties');
    expect(judged(200, good)).toEqual(['200 is not a documented status']);
    expect(judged(422, { message: 'No' })[0]).toContain("must have required property 'documentation_url'");
    expect(judged(418, { message: 'No' })).toEqual([]);
  });

  it('is completed with what nobody asks for, and what is wrong stays wrong', () => {
    const pull = complete(schema, 'pull-request', { number: 7, title: 8 });
    expect(pull).toMatchObject({ number: 7, title: 8, labels: [], merged: false, milestone: null });
  });

  it('judges requests: parameters, fields and values that it does not have', async () => {
    const { octokit, where } = await openLab();
    const said = async (route: string, more: object): Promise<string> =>
      (await refusal(octokit.request(route, { ...where, ...more }))).data.message;
    const create = 'POST /repos/{owner}/{repo}/git/refs';
    expect(await said(create, { ref: 'refs/heads/a' })).toContain("must have required property 'sha'");
    expect(await said(create, { ref: 'refs/heads/a', sha: 7 })).toContain('/sha must be string');
    expect(await said(create, { ref: 'refs/heads/a', sha, force: true })).toContain('"force"');
    expect(await said('GET /repos/{owner}/{repo}/pulls', { state: 'merged' })).toContain('"merged"');
    expect(await said('GET /repos/{owner}/{repo}/pulls', { branch: 'a' })).toContain('"branch"');
    expect(await said('GET /repos/{owner}/{repo}/branches', {})).toContain('no operation of this server');
  });

  it('breaks the test where the server answers anything else', async () => {
    const { octokit, where, github, commit } = await openLab({ stop: false });
    await commit('promote/web');
    await octokit.rest.pulls.create({ ...where, head: 'promote/web', base: 'deploy/prod', title: 'T' });
    github.pulls()[0]!.title = 7 as never;
    expect((await refusal(octokit.rest.pulls.get({ ...where, pull_number: 1 }))).status).toBe(500);
    await expect(github.stop()).rejects.toThrow('pulls/get answered 200 with /title must be string');
  });
});
