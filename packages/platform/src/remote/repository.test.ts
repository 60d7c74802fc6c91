import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../run.ts';
import { ensureRepository } from './repository.ts';
import { createLab, type Lab } from './test/lab.ts';

describe('the repository of the local remote', { timeout: 60_000 }, () => {
  let lab: Lab;
  beforeAll(async () => void (lab = await createLab()), 60_000);
  afterAll(async () => await lab.close());

  const bare = async (...args: string[]): Promise<string> =>
    (await run('git', ['-C', lab.layout.repository, ...args])).trim();

  it('has one branch per environment with empty policies, and one for records', async () => {
    const heads = await bare('for-each-ref', '--format=%(refname:short)', 'refs/heads');
    expect(heads.split('\n')).toEqual(['delivery-records', 'deploy/dev', 'deploy/prod', 'deploy/staging']);
    expect((await bare('ls-tree', '-r', '--name-only', 'deploy/prod')).split('\n')).toEqual([
      'policy/freeze.yaml',
      'policy/holds.yaml',
      'policy/quarantine.yaml',
    ]);
    expect(await bare('rev-list', '--count', 'deploy/prod')).toBe('1');
  });

  it('says in its own configuration what it is', async () => {
    expect(await bare('config', '--get', 'sluice.profile')).toBe('embedded');
    expect(await bare('config', '--get', 'sluice.kubeconfig')).toBe(lab.host.driver.kubeconfig);
    expect(await bare('config', '--get', 'sluice.bin')).toBe(lab.host.paths.bin);
  });

  it('is the remote "local" of the checkout', async () => {
    expect(await lab.git('remote', 'get-url', 'local')).toBe(lab.layout.repository);
  });

  it('stays as it is when ensured again', async () => {
    const state = async (): Promise<string[]> => [
      await bare('for-each-ref'),
      await readFile(join(lab.layout.repository, 'config'), 'utf8'),
      await readFile(join(lab.layout.repository, 'hooks', 'update'), 'utf8'),
      await lab.git('remote', '-v'),
    ];
    const before = await state();
    await ensureRepository(lab.host);
    expect(await state()).toEqual(before);
  });

  it('is repaired when an interrupted start left half of it', async () => {
    const prod = await bare('rev-parse', 'deploy/prod');
    await rm(join(lab.layout.repository, 'HEAD'));
    await rm(join(lab.layout.repository, 'hooks'), { recursive: true });
    await rm(join(lab.layout.repository, 'refs', 'heads', 'deploy', 'dev'));
    await writeFile(join(lab.layout.repository, 'config.lock'), '');
    await ensureRepository(lab.host);
    expect(await bare('rev-parse', 'deploy/prod')).toBe(prod);
    expect(await bare('rev-list', '--count', 'deploy/dev')).toBe('1');
    await access(join(lab.layout.repository, 'hooks', 'post-receive'));
  });

  it('does not take over a remote "local" that points elsewhere, and says so', async () => {
    await lab.git('remote', 'set-url', 'local', 'https://git.example/shop.git');
    await ensureRepository(lab.host);
    expect(await lab.git('remote', 'get-url', 'local')).toBe('https://git.example/shop.git');
    expect(lab.notes.at(-1)).toContain('points to https://git.example/shop.git and is left so');
    await lab.git('remote', 'set-url', 'local', lab.layout.repository);
  });

  it('names the file when the configuration cannot be read', async () => {
    const file = join(lab.checkout, 'gitops.config.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, 'environments: []\n');
    await expect(ensureRepository(lab.host)).rejects.toThrow(`${file} names no environment`);
    await writeFile(file, text);
  });

  it.each([
    ['refs/heads/feature', 'git push local HEAD:main'],
    ['refs/tags/v1', 'git push local HEAD:main'],
  ])('refuses a push to %s', async (ref, said) => {
    const push = lab.push('--force', 'local', `HEAD:${ref}`);
    const { code } = await push.ended;
    expect(code).toBe(1);
    expect(push.text()).toContain(said);
    expect(await bare('for-each-ref', ref, '--contains', await lab.git('rev-parse', 'HEAD'))).toBe('');
  });

  it('refuses a commit made by hand on a deploy branch, with what the check says', async () => {
    await lab.git('fetch', '--quiet', 'local');
    const tree = await lab.git('rev-parse', 'local/deploy/staging^{tree}');
    const next = await lab.git('commit-tree', tree, '-p', 'local/deploy/staging', '-m', 'By hand');
    const push = lab.push('local', `${next}:refs/heads/deploy/staging`);
    expect((await push.ended).code).toBe(1);
    expect(push.text()).toContain('refs/heads/deploy/staging is written by promotion only');
  });

  it('lets a change of a deploy branch through that the check accepts', async () => {
    await lab.git('fetch', '--quiet', 'local');
    const tree = await lab.git('rev-parse', 'local/deploy/dev^{tree}');
    const next = await lab.git('commit-tree', tree, '-p', 'local/deploy/dev', '-m', 'Deliver');
    expect((await lab.push('local', `${next}:refs/heads/deploy/dev`).ended).code).toBe(0);
    expect(await bare('rev-parse', 'deploy/dev')).toBe(next);
  });

  it('refuses to remove a branch', async () => {
    const push = lab.push('local', ':deploy/dev');
    expect((await push.ended).code).toBe(1);
    expect(push.text()).toContain('deletion prohibited');
  });
});
