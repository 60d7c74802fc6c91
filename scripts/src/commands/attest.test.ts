import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSigstore, type Claims } from '../../test/sigstore.ts';
import { deliveredWorkshop, type Workshop } from '../../test/workshop.ts';

const sigstore = await createSigstore();
const promotion = ['promote', 'web', '--to', 'staging', '--no-wait'] as const;

/** A workshop with web verified in dev, whose staging asks for provenance by the test's own root. */
async function guarded(): Promise<Workshop> {
  const workshop = await deliveredWorkshop();
  await workshop.record('dev', 'web', 'verified');
  await ask(workshop);
  return workshop;
}

async function ask(workshop: Workshop): Promise<void> {
  const config = await workshop.read('gitops.config.yaml');
  const gates = 'gates: {verified: {}, provenance: {repository: acme/shop, trustedRoot: .github/roots.json}}';
  await workshop.push({
    'gitops.config.yaml': config.replace('gates: {verified: {}}', gates),
    '.github/roots.json': sigstore.trustedRoot,
  });
}

/** An attestation of what dev runs, as a file. */
async function bundle(workshop: Workshop, claims: Partial<Claims> = {}): Promise<string> {
  const { digest, imageRevision } = await workshop.release('dev', 'web');
  const file = join(workshop.clone, '..', 'bundle.json');
  await writeFile(file, await sigstore.attest({ digests: [digest], revision: imageRevision, ...claims }));
  return file;
}

/** Puts an attestation where the gate looks without having it verified, as whoever may write records could. */
async function plant(workshop: Workshop, text: string): Promise<string> {
  const { bundlePath } = await import('../core/provenance.ts');
  const { digest } = await workshop.release('dev', 'web');
  await workshop.git('fetch', '--quiet', 'local');
  await workshop.git('checkout', '--quiet', '--detach', 'local/delivery-records');
  const path = bundlePath(digest, text);
  await workshop.write({ [path]: text });
  const pushed = await workshop.git('push', 'local', 'HEAD:delivery-records').then(
    () => 'accepted',
    (error: unknown) => (error as { stderr: string }).stderr.replace(/^remote: /gm, ''),
  );
  await workshop.git('checkout', '--quiet', 'main');
  return pushed;
}

describe('the gate provenance', () => {
  it('lets an image pass once its attestation is stored, and not before', async () => {
    const workshop = await guarded();
    const before = await workshop.sluice(...promotion);
    const stored = await workshop.sluice('attest', '--bundle', await bundle(workshop));
    const promoted = await workshop.sluice(...promotion);

    expect(before.code).toBe(3);
    expect(before.stderr).toMatch(/gate provenance says fail: no attestation of \w+-1 \(sha256:\w+\) is stored/);
    expect(stored.code, stored.stderr).toBe(0);
    expect(promoted.code, promoted.stderr).toBe(0);
    expect(promoted.stderr).toContain('gate provenance: pass');
    expect(promoted.stderr).toContain(
      'was built by https://github.com/acme/shop/.github/workflows/deliver.yaml@refs/heads/main',
    );
  });

  it('counts nothing that is stored but signed for something else, each with its reason, and lands nothing', async () => {
    const workshop = await guarded();
    const { digest, imageRevision: revision } = await workshop.release('dev', 'web');
    const claims = { digests: [digest], revision };
    const tampered = (await sigstore.attest({ ...claims, digests: [`sha256:${'0'.repeat(64)}`] })).replace(
      /"payload":"([^"]+)"/,
      (_, payload: string) => {
        const statement = Buffer.from(payload, 'base64').toString().replace('0'.repeat(64), digest.slice(7));
        return `"payload":"${Buffer.from(statement).toString('base64')}"`;
      },
    );
    const planted = [
      await sigstore.attest({ ...claims, repository: 'acme/other' }),
      await sigstore.attest({ ...claims, workflow: '.github/workflows/checks.yaml' }),
      await sigstore.attest({ ...claims, ref: 'refs/heads/topic' }),
      await sigstore.attest({ ...claims, revision: 'd'.repeat(40) }),
      tampered,
    ];
    for (const each of planted) expect(await plant(workshop, each)).toBe('accepted');
    const before = await workshop.traces();
    const promoted = await workshop.sluice(...promotion);

    expect(promoted.code).toBe(3);
    for (const reason of [
      'it is of repository https://github.com/acme/other',
      'it is of workflow https://github.com/acme/shop/.github/workflows/checks.yaml@refs/heads/main',
      'it is of ref refs/heads/topic',
      `it is of revision ${'d'.repeat(40)}`,
      'its signature does not hold',
    ]) {
      expect(promoted.stderr).toContain(reason);
    }
    expect(await workshop.traces()).toEqual(before);
  });

  it('is asked by the remote itself, whatever the pusher left out', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    const empty = await workshop.head('deploy/staging');
    await workshop.sluice(...promotion);
    const landing = await workshop.head('deploy/staging');
    await workshop.git('--git-dir', workshop.bare, 'update-ref', 'refs/heads/deploy/staging', empty);
    await ask(workshop);
    const push = (): Promise<string> =>
      workshop.git('push', 'local', `${landing}:refs/heads/deploy/staging`).then(
        () => 'accepted',
        (error: unknown) => (error as { stderr: string }).stderr,
      );

    expect(await push()).toContain('web: gate provenance says fail: no attestation of');
    await workshop.sluice('attest', '--bundle', await bundle(workshop));
    expect(await push()).toBe('accepted');
  });

  it('says that the root is missing where main has no such file', async () => {
    const workshop = await guarded();
    await workshop.git('rm', '--quiet', '.github/roots.json');
    await workshop.push({});
    const promoted = await workshop.sluice(...promotion);

    expect(promoted.code).toBe(3);
    expect(promoted.stderr).toContain('gate provenance says unknown');
    expect(promoted.stderr).toContain('.github/roots.json does not exist at');
  });
});

describe('attest', () => {
  it('has nothing to do where it is stored already, and ends with 6', async () => {
    const workshop = await guarded();
    const file = await bundle(workshop);
    const stored = await workshop.sluice('attest', '--bundle', file, '--json');
    const before = await workshop.traces();
    const again = await workshop.sluice('attest', '--bundle', file);

    expect(stored.code, stored.stderr).toBe(0);
    expect(JSON.parse(stored.stdout)).toEqual({
      commit: await workshop.head('delivery-records'),
      stored: [expect.stringMatching(/^provenance\/sha256-\w{64}\/\w{16}\.json$/)],
    });
    expect(again.code).toBe(6);
    expect(await workshop.traces()).toEqual(before);
  });

  it('stores nothing that does not count, and says why', async () => {
    const workshop = await guarded();
    const before = await workshop.traces();
    const other = await workshop.sluice('attest', '--bundle', await bundle(workshop, { repository: 'acme/other' }));
    const text = join(workshop.clone, '..', 'text.json');
    await writeFile(text, '{}');
    const none = await workshop.sluice('attest', '--bundle', text);

    expect(other.code).toBe(1);
    expect(other.stderr).toContain(
      'does not count as an attestation: it is of repository https://github.com/acme/other',
    );
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('it is no Sigstore bundle with an in-toto statement');
    expect(await workshop.traces()).toEqual(before);
  });

  it('lists as sha256sum does what was built from HEAD and has none, and nothing once it has', async () => {
    const workshop = await deliveredWorkshop();
    await ask(workshop);
    const older = await workshop.sluice('attest', '--list');
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    const listed = await workshop.sluice('attest', '--list');
    const { digest, image } = await workshop.release('dev', 'web');
    await workshop.sluice('attest', '--bundle', await bundle(workshop));
    const after = await workshop.sluice('attest', '--list');

    expect([older.code, older.stdout]).toEqual([6, '']);
    expect([listed.code, listed.stdout]).toEqual([0, `${digest.slice(7)}  ${image}\n`]);
    expect([after.code, after.stdout]).toEqual([6, '']);
  });

  it('refuses to guess what is meant, and where nobody asks', async () => {
    const workshop = await deliveredWorkshop();
    const file = await bundle(workshop);
    const neither = await workshop.sluice('attest');
    const both = await workshop.sluice('attest', '--list', '--bundle', file);
    const unasked = await workshop.sluice('attest', '--bundle', file);

    expect([neither.code, both.code]).toEqual([2, 2]);
    expect(unasked.code).toBe(1);
    expect(unasked.stderr).toContain('no environment asks where images come from');
  });
});

describe('check, on the records', () => {
  it('refuses an attestation of another image, in another place, and what is none', async () => {
    const workshop = await guarded();
    const { digest } = await workshop.release('dev', 'web');
    const other = await sigstore.attest({ digests: [`sha256:${'0'.repeat(64)}`], revision: 'd'.repeat(40) });
    const before = await workshop.head('delivery-records');

    expect(await plant(workshop, other)).toContain(`belongs at provenance/sha256-${'0'.repeat(64)}/`);
    expect(await plant(workshop, '{"mediaType": 1}')).toContain(`provenance/${digest.replace(':', '-')}`);
    expect(await plant(workshop, 'text')).toContain('is not an attestation: it is no Sigstore bundle');
    expect(await workshop.head('delivery-records')).toBe(before);
  });
});
