import { createSign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openLab, refusal, type Lab } from './lab.ts';

describe('a token', () => {
  it('is refused with 401 when it is wrong, has expired or was used up', async () => {
    let now = new Date('2030-01-01T00:00:00Z');
    const lab = await openLab({ now: () => now });
    const main = { ...lab.where, ref: 'heads/main' };
    const tokens = {
      wrong: 'ghs_nobody',
      short: lab.github.issue({ expires: new Date('2030-01-01T01:00:00Z') }),
      counted: lab.github.issue({ calls: 2 }),
      ended: lab.github.issue({}),
    };
    const ask = (name: keyof typeof tokens): Promise<unknown> => lab.client(tokens[name]).rest.git.getRef(main);
    await Promise.all([ask('short'), ask('ended'), ask('counted'), ask('counted')]);
    now = new Date('2030-01-01T01:00:00Z');
    lab.github.expire(tokens.ended);

    for (const name of ['wrong', 'short', 'counted', 'ended'] as const) {
      expect(await refusal(ask(name)), name).toMatchObject({ status: 401, data: { message: 'Bad credentials' } });
    }
    await lab.octokit.rest.git.getRef(main);
  });

  it('is needed for GraphQL as well', async () => {
    const lab = await openLab();
    const query = '{ repository(owner: "acme", name: "shop") { name } }';
    const nobody = lab.client('ghs_nobody').graphql(query);
    expect(await refusal(nobody)).toMatchObject({ status: 401 });
    expect(await refusal(lab.client(undefined).graphql(query))).toMatchObject({ status: 403 });
    expect(await lab.octokit.graphql(query)).toEqual({ repository: { name: 'shop' } });
  });

  it('that lacks a permission is refused with 403 and the one that is missing', async () => {
    const lab = await openLab();
    const token = lab.github.issue({ permissions: { pull_requests: 'read' } });
    const reader = lab.client(token).rest;
    await reader.pulls.list(lab.where);
    const pull = await refusal(reader.pulls.create({ ...lab.where, head: 'a', base: 'main', title: 'T' }));
    const comment = await refusal(reader.issues.createComment({ ...lab.where, issue_number: 1, body: 'x' }));
    const person = lab.client(lab.github.issue({ kind: 'person', login: 'ann', permissions: {} })).rest;
    expect(pull).toMatchObject({ status: 403, data: { message: 'Resource not accessible by integration' } });
    expect(pull.headers['x-accepted-github-permissions']).toBe('pull_requests=write');
    expect(comment.headers['x-accepted-github-permissions']).toBe('issues=write; pull_requests=write');
    expect((await refusal(person.pulls.list(lab.where))).data.message).toBe(
      'Resource not accessible by personal access token',
    );
  });

  it('sees its repositories only; the others are not there', async () => {
    const lab = await openLab();
    const main = { ref: 'heads/main' };
    const stranger = lab.client(lab.github.issue({ repositories: ['acme/other'] })).rest.git;
    expect(await refusal(stranger.getRef({ ...lab.where, ...main }))).toMatchObject({ status: 404 });
    expect(await refusal(lab.client(undefined).rest.git.getRef({ ...lab.where, ...main }))).toMatchObject({
      status: 404,
    });
    expect(await refusal(lab.octokit.rest.git.getRef({ owner: 'acme', repo: 'other', ...main }))).toMatchObject({
      status: 404,
    });
  });
});

describe('an installation token', () => {
  const second = (at: Date): number => Math.floor(at.getTime() / 1000);
  function webToken({ github }: Lab, claims: object, key = github.app.privateKey()): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
    return `${text}.${createSign('sha256').update(text).sign(key, 'base64url')}`;
  }

  it('is made for a web token that the app signed, for an hour', async () => {
    const now = new Date('2030-01-01T00:00:00Z');
    const lab = await openLab({ now: () => now });
    const { clientId, installation } = lab.github.app;
    const claims = { iss: clientId, iat: second(now) - 60, exp: second(now) + 540 };
    const ask = (
      token: string,
      id = installation,
    ): ReturnType<Lab['octokit']['rest']['apps']['createInstallationAccessToken']> =>
      lab.client(token).rest.apps.createInstallationAccessToken({ installation_id: id });
    const { data } = await ask(webToken(lab, claims));
    expect(data).toMatchObject({ expires_at: '2030-01-01T01:00:00Z', permissions: { contents: 'write' } });
    await lab.client(data.token).rest.pulls.list(lab.where);
    expect(lab.github.mutations()).toEqual([]);

    const refused = [
      ask('not.a.token'),
      ask(lab.github.token),
      ask(webToken(lab, { ...claims, iss: 'another' })),
      ask(webToken(lab, { ...claims, exp: second(now) - 1 })),
      ask(webToken(lab, { ...claims, exp: second(now) + 3600 })),
    ];
    for (const call of refused) expect(await refusal(call)).toMatchObject({ status: 401 });
    expect(await refusal(ask(webToken(lab, claims), 2))).toMatchObject({ status: 404 });
  });
});

describe('rate limits', () => {
  it('are counted, and told with every answer', async () => {
    const { octokit, where } = await openLab();
    const first = await octokit.rest.pulls.list(where);
    const second = await octokit.rest.pulls.list(where);
    await octokit.graphql('{ rateLimit { remaining } }');
    const { data } = await octokit.rest.rateLimit.get();
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999' });
    expect(second.headers).toMatchObject({ 'x-ratelimit-remaining': '4998', 'x-ratelimit-resource': 'core' });
    expect(data.resources.graphql).toMatchObject({ used: 1, remaining: 4999 });
  });
});
