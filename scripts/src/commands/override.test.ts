import { describe, expect, it } from 'vitest';
import { deliveredWorkshop, promotedWorkshop, type Workshop } from '../../test/workshop.ts';

const toStaging = ['web', '--to', 'staging', '--reason', 'customers cannot pay'] as const;

/** Takes the last landing on a branch back; gives how to push it again with another message, and what the remote says to that. */
async function takeBack(
  workshop: Workshop,
  branch: string,
): Promise<(change: (message: string) => string) => Promise<string>> {
  const landing = await workshop.head(branch);
  const message = await workshop.git('--git-dir', workshop.bare, 'log', '-1', '--format=%B', landing);
  await workshop.git('fetch', '--quiet', 'local');
  const parent = (await workshop.git('rev-parse', `${landing}^`)).trim();
  await workshop.git('--git-dir', workshop.bare, 'update-ref', `refs/heads/${branch}`, parent);
  return async (change) => {
    const made = await workshop.git('commit-tree', `${landing}^{tree}`, '-p', parent, '-m', change(message));
    return workshop.git('push', 'local', `${made.trim()}:refs/heads/${branch}`).then(
      () => 'accepted',
      (error: unknown) => (error as { stderr: string }).stderr,
    );
  };
}

describe('override', () => {
  it('promotes although the named gate fails, and says so wherever the landing is seen', async () => {
    const workshop = await deliveredWorkshop();
    const stopped = await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    const done = await workshop.sluice('override', ...toStaging, '--gate', 'verified');
    const message = await workshop.git('--git-dir', workshop.bare, 'log', '-1', '--format=%B', 'deploy/staging');
    const history = await workshop.sluice('history', 'web', '--env', 'staging');
    const records = JSON.parse(
      (await workshop.sluice('history', 'web', '--env', 'staging', '--json')).stdout,
    ) as unknown;
    const status = await workshop.sluice('status', 'web');

    expect(stopped.code).toBe(3);
    // Nobody can say what becomes of it, since there is no cluster.
    expect(done.code, done.stderr).toBe(5);
    expect(done.stderr).toContain('Override gates to promote to staging (intent ');
    expect(done.stderr).toMatch(/gate verified: fail, release \w+ was unknown in dev .*; overridden/);
    expect(message).toMatch(/^Override gates to promote web to staging\n/);
    expect(message).toMatch(
      /\nVerb: override\n(.*\n)*Override: verified\nReason: customers cannot pay\nBy: Test Person/,
    );
    expect(records).toMatchObject([{ verb: 'override', overridden: ['verified'], why: 'customers cannot pay' }]);
    expect(history.stdout).toMatch(/override of verified, Test Person .*: customers cannot pay/);
    expect(status.stdout).toContain('override of verified');
  });

  it('passes over nothing that is not named', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'demo');
    const before = await workshop.traces();
    const one = await workshop.sluice('override', ...toStaging, '--gate', 'hold', '--no-wait');
    const other = await workshop.sluice('override', ...toStaging, '--gate', 'verified', '--no-wait');

    expect([one.code, other.code]).toEqual([3, 3]);
    expect(one.stderr).toContain('web: gate verified says fail');
    expect(one.stderr).not.toContain('gate hold says');
    expect(other.stderr).toContain('web: gate hold says pending');
    expect(await workshop.traces()).toEqual(before);

    const both = await workshop.sluice('override', ...toStaging, '--gate', 'hold', 'verified', '--no-wait');
    expect(both.code, both.stderr).toBe(0);
    expect(await workshop.policy('staging')).toContain('reason: demo');
  });

  it('refuses gates that pass beside one that does not, and names them alone', async () => {
    const workshop = await deliveredWorkshop();
    const before = await workshop.traces();
    const refused = await workshop.sluice('override', ...toStaging, '--gate', 'hold', 'verified', 'freeze');

    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toContain(
      'staging needs no override of the gate freeze, hold, which passes\n  name what does not pass alone: --gate verified\n',
    );
    expect(await workshop.traces()).toEqual(before);
  });

  it('refuses what it may not do or has no reason for, and leaves nothing behind', async () => {
    const cases: [what: string, args: string[], message: string, code: number][] = [
      ['no reason', ['web', '--to', 'staging', '--gate', 'verified'], "required option '--reason <text>'", 2],
      ['an empty reason', ['web', '--to', 'staging', '--gate', 'verified', '--reason', ' '], 'needs a reason', 2],
      ['a gate that there is not', [...toStaging, '--gate', 'verifed'], 'did you mean "verified"?', 2],
      ['a gate that is not asked', [...toStaging, '--gate', 'approvals'], 'staging does not ask the gate approvals', 2],
      [
        'a gate that passes',
        [...toStaging, '--gate', 'hold'],
        'staging needs no override of the gate hold, which passes',
        2,
      ],
      ['quarantine', [...toStaging, '--gate', 'quarantine'], 'the gate quarantine cannot be overridden in staging', 3],
    ];
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    await workshop.git('fetch', '--quiet', 'local');
    const before = await workshop.traces();
    for (const [what, args, message, code] of cases) {
      const refused = await workshop.sluice('override', ...args);
      expect(refused.stderr, what).toContain(message);
      expect(refused.code, what).toBe(code);
    }
    expect(await workshop.traces()).toEqual(before);
  });

  it('is accepted by the remote with its reason alone, and only for the gates that it names', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.sluice('override', ...toStaging, '--gate', 'verified', '--no-wait');
    const push = await takeBack(workshop, 'deploy/staging');

    expect(await push((message) => message.replace(/\nReason: .*/, ''))).toContain('gate verified says fail');
    expect(await push((message) => message.replace('Override: verified', 'Override: hold'))).toContain(
      'gate verified says fail',
    );
    expect(await push((message) => message)).toBe('accepted');
  });
});

describe('override in production', () => {
  it('needs the approvals of production, given to exactly that override', async () => {
    const workshop = await promotedWorkshop();
    const config = await workshop.read('gitops.config.yaml');
    await workshop.push({
      'gitops.config.yaml': config.replace(
        'production: true, gates: {verified: {}}',
        'production: true, gates: {verified: {}, approvals: {count: 1}}',
      ),
    });
    await workshop.sluice('freeze', '--env', 'prod', '--reason', 'month end');
    const person = (name: string): Promise<string> => workshop.git('config', 'user.email', `${name}@example.invalid`);
    const overriding = ['override', 'web', '--to', 'prod', '--gate', 'freeze', '--reason', 'fix', '--no-wait'];
    await person('other');
    const plain = await workshop.sluice('approve', 'web', '--to', 'prod');
    await person('test');
    const unapproved = await workshop.sluice(...overriding);
    const alone = await workshop.sluice(...overriding, '--gate', 'freeze', 'approvals');
    await person('other');
    const passing = await workshop.sluice('approve', 'web', '--to', 'prod', '--override', 'hold');
    const approved = await workshop.sluice('approve', 'web', '--to', 'prod', '--override', 'freeze');
    await person('test');
    const done = await workshop.sluice(...overriding);

    expect(plain.code, plain.stderr).toBe(0);
    expect(unapproved.code).toBe(3);
    expect(unapproved.stderr).toContain('gate approvals says pending: 0 of 1');
    expect(unapproved.stderr).toMatch(/pnpm run approve web --to prod --release \S+ --override freeze/);
    expect(alone.code).toBe(3);
    expect(alone.stderr).toContain(
      'the gate approvals cannot be overridden in prod: nobody brings something to production alone',
    );
    expect(passing.code).toBe(2);
    expect(passing.stderr).toContain('prod needs no override of the gate hold, which passes');
    expect(approved.code, approved.stderr).toBe(0);
    expect(done.code, done.stderr).toBe(0);
  });
});
