import { describe, expect, it } from 'vitest';
import { deliveredWorkshop, type Workshop } from '../../test/workshop.ts';

describe('hold', () => {
  it('keeps an app as it is until it is lifted, each with who and why', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    const held = await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'demo today', '--until', '2h');
    const status = await workshop.sluice('status');
    const stopped = await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    const lifted = await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'demo over', '--lift');
    const promoted = await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    const log = await workshop.git('--git-dir', workshop.bare, 'log', '--format=%s|%b', 'deploy/staging');

    expect(held.code, held.stderr).toBe(0);
    expect(status.stdout).toMatch(/Stopped:\n {2}web in staging: held by Test Person .*, until .*: demo today/);
    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toMatch(/held by Test Person.*: demo today; opens at \d{4}-/);
    expect(stopped.stderr).toContain('pnpm run hold web --env staging --lift');
    expect(lifted.code, lifted.stderr).toBe(0);
    expect(promoted.code, promoted.stderr).toBe(0);
    expect(log).toContain('Lift the hold on web in staging|demo over');
  });

  it('stops a delivery of the app to the first environment, and not of others', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.sluice('hold', 'web', '--env', 'dev', '--reason', 'debugging');
    await workshop.push({
      'services/web/index.js': 'export const answer = 2;\n',
      'services/jobs/index.js': 'export const answer = 2;\n',
    });
    const before = await workshop.release('dev', 'web');
    const delivered = await workshop.sluice('deliver', '--build-number', '2');

    // Nobody tells what became of jobs.
    expect(delivered.code).toBe(5);
    expect(delivered.stderr).toContain('web: not delivered, gate hold says pending: held by Test Person');
    expect(await workshop.release('dev', 'web')).toEqual(before);
    expect((await workshop.release('dev', 'jobs')).tag).toMatch(/-2$/);
  });

  it('has nothing to lift where nothing is held, and ends with 6', async () => {
    const workshop = await deliveredWorkshop();
    const before = await workshop.traces();
    const lifted = await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'none', '--lift');

    expect(lifted.code).toBe(6);
    expect(lifted.stderr).toContain('Lift the hold on web in staging: nothing to change');
    expect(await workshop.traces()).toEqual(before);
  });

  it.each([
    ['an unknown app', ['wob', '--env', 'staging', '--reason', 'x'], 'did you mean "web"?'],
    ['an unknown environment', ['web', '--env', 'stagin', '--reason', 'x'], 'did you mean "staging"?'],
    ['no reason', ['web', '--env', 'staging'], "required option '--reason <text>'"],
    ['an empty reason', ['web', '--env', 'staging', '--reason', ' '], 'a stop needs a reason'],
    [
      'an end that nobody can read',
      ['web', '--env', 'staging', '--reason', 'x', '--until', 'soon'],
      '"soon" is neither',
    ],
    ['an end at once', ['web', '--env', 'staging', '--reason', 'x', '--until', '0s'], '"0s" is over already'],
  ])('refuses %s, ends with 2 and leaves nothing behind', async (_, args, message) => {
    const workshop = await deliveredWorkshop();
    const before = await workshop.traces();
    const refused = await workshop.sluice('hold', ...args);

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(message);
    expect(await workshop.traces()).toEqual(before);
  });
});

describe('freeze', () => {
  it('closes an environment for the apps that are named', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    await workshop.record('dev', 'jobs', 'verified');
    await workshop.sluice('freeze', 'jobs', '--env', 'staging', '--reason', 'month end');

    expect((await workshop.sluice('promote', 'jobs', '--to', 'staging', '--no-wait')).code).toBe(3);
    expect((await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait')).code).toBe(0);
  });
});

describe('quarantine', () => {
  it('keeps a release out of every environment, production first', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    const { release, tag } = await workshop.release('dev', 'web');
    const set = await workshop.sluice('quarantine', 'web', '--release', tag, '--reason', 'leaks memory');
    const stopped = await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');

    expect(set.code, set.stderr).toBe(0);
    expect([...set.stderr.matchAll(/landed \w+ on deploy\/(\w+)/g)].map((match) => match[1])).toEqual([
      'prod',
      'dev',
      'staging',
    ]);
    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toContain(`release ${release} is in quarantine in staging by Test Person`);
  });

  it('leaves out a new environment that has no branch yet, and says so, as status does', async () => {
    const workshop = await deliveredWorkshop();
    const config = await workshop.read('gitops.config.yaml');
    const [staging] = config.match(/.*name: staging.*\n/) ?? [''];
    await workshop.push({
      'gitops.config.yaml': config.replace(staging, staging.replaceAll('staging', 'qa') + staging),
    });
    const { tag } = await workshop.release('dev', 'web');
    const set = await workshop.sluice('quarantine', 'web', '--release', tag, '--reason', 'leaks memory');
    const shown = await workshop.sluice('status', '--no-cluster');

    expect(set.code, set.stderr).toBe(0);
    expect(set.stderr).toContain('qa has no branch yet');
    expect(set.stderr).toContain('on deploy/staging');
    expect(shown.code, shown.stderr).toBe(0);
    expect(shown.stderr).toBe('qa has no branch yet: locally pnpm start makes it, elsewhere pnpm run init\n');
  });

  it('keeps with --digest every release with that image away, also of another base, until it is lifted', async () => {
    const workshop = await deliveredWorkshop();
    const { digest } = await workshop.release('dev', 'web');
    const set = await workshop.sluice('quarantine', 'web', '--digest', digest, '--reason', 'leaks memory');
    const base = await workshop.read('apps/web/base/deployment.yaml');
    await workshop.push({ 'apps/web/base/deployment.yaml': base.replace('replicas: 1', 'replicas: 2') });
    const before = await workshop.traces();
    const stopped = await workshop.sluice('deliver', '--build-number', '2');
    const after = await workshop.traces();
    const lifted = await workshop.sluice('quarantine', 'web', '--digest', digest, '--reason', 'was not', '--lift');
    const delivered = await workshop.sluice('deliver', '--build-number', '2');

    expect(set.code, set.stderr).toBe(0);
    expect([...set.stderr.matchAll(/landed \w+ on deploy\/(\w+)/g)].map((match) => match[1])).toEqual([
      'prod',
      'dev',
      'staging',
    ]);
    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toContain(`image ${digest.slice(0, 19)} is in quarantine in dev by Test Person`);
    expect(after).toEqual(before);
    expect(lifted.code, lifted.stderr).toBe(0);
    expect(delivered.stderr).toContain('landed ');
  });

  it('refuses a release that nobody has had, and leaves nothing behind', async () => {
    const workshop = await deliveredWorkshop();
    const before = await workshop.traces();
    const refused = await workshop.sluice('quarantine', 'web', '--release', '0123456789ab-1', '--reason', 'x');

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('no environment has had a release "0123456789ab-1" of web');
    expect(refused.stderr).toContain('unknown release "0123456789ab-1" of web in dev; known: ');
    expect(refused.stderr).toContain('web has never had a release in prod');
    expect(await workshop.traces()).toEqual(before);
  });
});

describe('a stop and a landing at the same time', () => {
  it('never pass each other: whoever lands second has seen the first', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    const [held, promoted] = await Promise.all([
      workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'race'),
      workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait'),
    ]);
    const log = await workshop.git('--git-dir', workshop.bare, 'log', '--reverse', '--format=%s', 'deploy/staging');
    const order = log.split('\n').filter((line) => /^(Hold|Promote)/.test(line));

    const passed = promoted.code === 0;

    expect(held.code, held.stderr).toBe(0);
    expect(promoted.code, promoted.stderr).toBe(passed ? 0 : 3);
    expect(order).toEqual(passed ? ['Promote web to staging', 'Hold web in staging'] : ['Hold web in staging']);
  });
});

/** A workshop whose production asks for one approval. */
async function guarded(): Promise<Workshop> {
  const workshop = await deliveredWorkshop();
  const config = await workshop.read('gitops.config.yaml');
  const gates = 'production: true, gates: {verified: {}, approvals: {count: 1}}';
  await workshop.push({ 'gitops.config.yaml': config.replace('production: true, gates: {verified: {}}', gates) });
  return workshop;
}

function become(workshop: Workshop, name: string): Promise<string> {
  return workshop.git('config', 'user.email', `${name}@example.invalid`);
}

describe('lifting a stop in production', () => {
  const lift = ['hold', 'web', '--env', 'prod', '--lift', '--reason', 'over'] as const;

  it('is done by one and approved by another, and the approval serves once', async () => {
    const workshop = await guarded();
    const hold = ['hold', 'web', '--env', 'prod', '--reason', 'errors'];
    await workshop.sluice(...hold);
    const before = await workshop.traces();
    const alone = await workshop.sluice(...lift);
    const untouched = await workshop.traces();
    const own = await workshop.sluice(...lift, '--approve');
    const stillAlone = await workshop.sluice(...lift);
    await become(workshop, 'other');
    const approved = await workshop.sluice(...lift, '--approve');
    const twice = await workshop.sluice(...lift, '--approve');
    await become(workshop, 'test');
    const lifted = await workshop.sluice(...lift);
    await workshop.sluice(...hold);
    const again = await workshop.sluice(...lift);

    expect(alone.code).toBe(3);
    expect(alone.stderr).toContain('lifting the hold on web in prod waits for approvals, 0 of 1: approved by nobody');
    expect(alone.stderr).toContain('somebody else: pnpm run hold web --env prod --lift --approve --reason "..."');
    expect(untouched).toEqual(before);
    expect([own.code, stillAlone.code]).toEqual([0, 3]);
    expect(approved.code, approved.stderr).toBe(0);
    expect(approved.stderr).toContain('Approve: Lift the hold on web in prod');
    expect(twice.code).toBe(6);
    expect(lifted.code, lifted.stderr).toBe(0);
    expect(again.code).toBe(3);
  });

  it('waits for a quarantine, lifted nowhere until production agrees', async () => {
    const workshop = await guarded();
    const { tag, release } = await workshop.release('dev', 'web');
    const quarantine = ['quarantine', 'web', '--release', tag, '--reason', 'x'];
    await workshop.sluice(...quarantine);
    const before = await workshop.traces();
    const alone = await workshop.sluice(...quarantine, '--lift');
    const shorter = await workshop.sluice(...quarantine, '--until', '1m');
    const untouched = await workshop.traces();
    await become(workshop, 'other');
    const approved = await workshop.sluice(...quarantine, '--lift', '--approve');
    await become(workshop, 'test');
    const lifted = await workshop.sluice(...quarantine, '--lift');

    expect([alone.code, shorter.code]).toEqual([3, 3]);
    expect(alone.stderr).toContain(`pnpm run quarantine web --release ${release} --lift --approve`);
    expect(untouched).toEqual(before);
    expect([...approved.stderr.matchAll(/landed \w+ on deploy\/(\w+)/g)].map((match) => match[1])).toEqual(['prod']);
    expect(lifted.code, lifted.stderr).toBe(0);
    expect([...lifted.stderr.matchAll(/landed \w+ on deploy\/(\w+)/g)].map((match) => match[1])).toEqual([
      'prod',
      'dev',
      'staging',
    ]);
  });

  it('is refused by the remote where it was not approved, accepted where the stop has ended', async () => {
    const workshop = await guarded();
    const stop = (until: string): string =>
      `holds: [{app: web, reason: x, by: Ann, at: "2020-01-01T00:00:00Z", until: "${until}"}]\n`;
    const push = async (holds: string, others: Record<string, string> = {}): Promise<string> => {
      await workshop.git('fetch', '--quiet', 'local');
      await workshop.git('checkout', '--quiet', '--detach', 'local/deploy/prod');
      await workshop.write({ 'policy/holds.yaml': holds, ...others });
      return workshop.git('push', 'local', 'HEAD:deploy/prod').then(
        () => 'accepted',
        (error: unknown) => (error as { stderr: string }).stderr,
      );
    };
    const forged = `approvals: []
liftings: [{what: hold on web, subject: "0123456789abcdef", by: Ann <ann@example.invalid>, at: "2030-01-01T00:00:00Z"}]
`;

    expect(await push(stop('2020-01-02T00:00:00Z'))).toBe('accepted');
    expect(await push(stop('2100-01-01T00:00:00Z'))).toBe('accepted');
    expect(await push('holds: []\n')).toContain('lifting the hold on web in prod waits for approvals, 0 of 1');
    expect(await push(stop('2030-01-01T00:00:00Z'))).toContain('lifting the hold on web in prod waits for approvals');
    expect(await push(stop('2100-01-01T00:00:00Z'), { 'policy/approvals.yaml': forged })).toContain(
      'the approval of lifting the hold on web says Ann <ann@example.invalid>, its commit is by Test Person',
    );
  });

  it('asks nobody elsewhere, and nobody approves the setting of a stop', async () => {
    const workshop = await guarded();
    await workshop.sluice('freeze', '--env', 'staging', '--reason', 'x');
    const approved = await workshop.sluice('freeze', '--env', 'staging', '--reason', 'x', '--lift', '--approve');
    const lifted = await workshop.sluice('freeze', '--env', 'staging', '--reason', 'x', '--lift');
    const set = await workshop.sluice('freeze', '--env', 'prod', '--reason', 'x', '--approve');

    expect(approved.code).toBe(6);
    expect(lifted.code, lifted.stderr).toBe(0);
    expect(set.code).toBe(2);
    expect(set.stderr).toContain('only the lifting of a stop is approved');
  });
});
