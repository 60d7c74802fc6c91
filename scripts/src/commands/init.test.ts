import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startGitHub } from '../../test/github/github.ts';
import { releaseOf } from '../../test/release.ts';
import { createOriginal, type Original, type OwnCopy } from '../../test/own-copy.ts';
import { createGit } from '../adapters/git.ts';
import { formatRelease } from '../core/release-file.ts';

const address = 'git@github.com:Somebody-Else/web.shop.git';
const page = 'https://github.com/Somebody-Else/web.shop';
const branches = ['deploy/dev', 'deploy/staging', 'deploy/prod', 'delivery-records'];
const proposals = ['promote/prod/*', 'override/prod/*', 'reconfigure/prod/*'];

let original: Original;
beforeAll(async () => {
  original = await createOriginal();
}, 60_000);
afterAll(() => original.remove());

/** Where it still says whose it was, but for tests and what they are about. */
async function traces({ git }: OwnCopy): Promise<string[]> {
  const { repository, registry } = original.was;
  const names = [registry, `${repository.owner}/${repository.name}`, `, ${repository.owner}:`];
  const elsewhere = [':!*.test.ts', ':!scripts/test', ':!infrastructure/local/tools', ':!pnpm-lock.yaml'];
  const found = await git('grep', '-InF', ...names.flatMap((each) => ['-e', each]), '--', '.', ...elsewhere).catch(
    () => '',
  );
  return found.split('\n').filter((line) => line !== '');
}

describe('init', { timeout: 120_000 }, () => {
  it('leaves no trace of whose it was, every manifest right, and branches with an empty policy; then nothing is to do', async () => {
    const copy = await original.copy(address);
    expect((await traces(copy)).length).toBeGreaterThan(40);

    const { code, stdout, stderr } = await copy.init();

    expect(stderr).toMatch(/^nothing wrong in \d+ objects of \d+ renderings/m);
    expect(stderr).toContain('git commit -m "Make this Somebody-Else/web.shop" && git push origin main');
    expect(code).toBe(0);
    expect(stdout).toContain(`    ${original.was.registry} -> ghcr.io/somebody-else\n`);
    expect(stdout.match(/^\+ .*/gm)).toEqual(branches.map((each) => `+ ${each} on origin`));
    expect(await traces(copy)).toEqual([]);
    const bare = (...args: string[]): Promise<string> => copy.git('--git-dir', copy.bare, ...args);
    expect(await bare('rev-list', '--count', '--all')).toBe('4\n');
    for (const branch of branches.slice(0, 3)) {
      expect(await bare('log', '--format=%an %s', branch)).toBe(`Ann Begin environment ${branch.slice(7)}\n`);
      expect(await bare('ls-tree', '-r', '--name-only', branch)).toBe(
        'policy/freeze.yaml\npolicy/holds.yaml\npolicy/quarantine.yaml\n',
      );
    }

    const before = await copy.state();
    const stderrOfNothing = `this is ${page} with images in ghcr.io/somebody-else: nothing to do\n`;
    expect(await copy.init()).toEqual({ code: 6, stdout: '', stderr: stderrOfNothing });
    expect(await copy.state()).toBe(before);
  });

  it('changes values only, a line for a line', async () => {
    const copy = await original.copy(address);
    await copy.init();
    const lines = (await copy.git('diff', '--unified=0')).split('\n');
    const only = (sign: RegExp): string[] => lines.filter((line) => sign.test(line)).map((line) => line.slice(1));
    const { owner, name } = original.was.repository;

    expect(
      only(/^\+(?!\+\+)/).map((line) =>
        line
          .replace('Somebody-Else/web.shop', `${owner}/${name}`)
          .replace('Somebody-Else', owner)
          .replace('ghcr.io/somebody-else', original.was.registry),
      ),
    ).toEqual(only(/^-(?!--)/));
  });

  it('goes on where an earlier run ended, and leaves branches that are there', async () => {
    const copy = await original.copy(address);
    await copy.git('push', '--quiet', 'origin', 'HEAD:refs/heads/deploy/dev');
    await copy.init();
    const finished = await copy.state();
    await copy.git('checkout', '--quiet', 'HEAD', '--', 'gitops.config.yaml', 'argocd/settings');

    const { code, stdout } = await copy.init();

    expect(code).toBe(0);
    expect(stdout.match(/^[~+] [^:]+/gm)).toEqual([
      '~ gitops.config.yaml',
      '~ gitops.config.yaml',
      '~ argocd/settings/settings.env',
    ]);
    expect(await copy.state()).toBe(finished);
    expect(await copy.git('--git-dir', copy.bare, 'rev-parse', 'deploy/dev')).toBe(await copy.git('rev-parse', 'HEAD'));
  });

  it('takes repository and registry by name, says as JSON what it would do, and does nothing then', async () => {
    const copy = await original.copy('https://git.example/other/place.git');
    const before = await copy.state();
    const named = ['--repository', 'https://git.example/team/shop', '--registry', 'quay.io/team'];

    const { code, stdout } = await copy.init(...named, '--dry-run', '--json');

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      repository: 'https://git.example/team/shop',
      registry: 'quay.io/team',
      remote: 'origin',
      strange: [],
      branches: branches.map((branch) => ({ branch, there: false })),
    });
    expect(await copy.state()).toBe(before);
    expect(await copy.init(...named)).toMatchObject({ code: 0 });
    expect(await readFile(join(copy.folder, 'gitops.config.yaml'), 'utf8')).toContain(
      'repository: https://git.example/team/shop',
    );
    expect(await copy.init('--repository', named[1]!)).toMatchObject({ code: 6 });
  });

  it('says which branches people may push on GitHub, also those of proposals, where there is a token to ask with', async () => {
    const copy = await original.copy(address);
    const github = await startGitHub(copy.bare, { repository: page.slice('https://github.com/'.length) });
    onTestFinished(github.stop);
    Object.assign(copy.env, { GITHUB_API_URL: github.url, GH_TOKEN: github.token });

    expect((await copy.init()).stderr).toContain(
      `No rule of ${page} keeps people from pushing ${[...branches, ...proposals].join(', ')}: docs/your-own.md\n`,
    );
    github.protect({ branches: ['deploy/*'], bypass: [] });
    expect((await copy.init()).stderr).toContain(
      `keeps people from pushing delivery-records, ${proposals.join(', ')}: docs/your-own.md\n`,
    );
    github.protect({ branches: ['delivery-records', 'promote/**', 'override/**'], bypass: [] });
    expect((await copy.init()).stderr).toContain(`keeps people from pushing reconfigure/prod/*: docs/your-own.md\n`);
    github.protect({ branches: ['reconfigure/**'], bypass: [] });
    expect((await copy.init()).stderr).not.toContain('No rule');
    Object.assign(copy.env, { GH_TOKEN: 'ghp_wrong' });
    expect(await copy.init()).toMatchObject({
      code: 6,
      stderr: expect.stringContaining("could not look whether people may push the pipeline's branches: "),
    });
  });

  it('names what somebody has written in a place of its own, and leaves it', async () => {
    const copy = await original.copy(address);
    const file = join(copy.folder, 'argocd/secrets/repository.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^( +url: ).*/m, '$1https://git.example/else'));

    expect(await copy.init('--dry-run')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^left as it is, argocd\/secrets\/repository\.yaml:\d+: url: .*else$/m),
    });
  });
});

describe('init refuses', { timeout: 120_000 }, () => {
  it('a remote that is no repository on GitHub, and says what to name instead', async () => {
    const copy = await original.copy('https://git.example/team/shop.git');
    const before = await copy.state();

    for (const [args, message] of [
      [[], 'which is no repository on GitHub\n  say which one it is: pnpm run init --repository <owner>/<name>'],
      [['--repository', 'shop'], '"shop" is no repository\n  name it as: pnpm run init --repository <owner>/<name>'],
      [
        ['--remote', 'upstream'],
        'has no Git remote called upstream\n  make a repository on GitHub, then: git remote add',
      ],
    ] as const)
      expect(await copy.init(...args)).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(await copy.state()).toBe(before);
  });

  it('branches while a manifest is wrong, and makes them once that is mended', async () => {
    const copy = await original.copy(address);
    await writeFile(join(copy.folder, 'apps/orders/overlays/dev/kustomization.yaml'), 'resources: [nowhere]\n');

    const wrong = await copy.init('--json');

    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('not every manifest is right with them; no branch was made');
    expect(() => JSON.parse(wrong.stdout) as unknown).not.toThrow();
    expect(await copy.git('--git-dir', copy.bare, 'for-each-ref')).toBe('');
    await copy.git('checkout', '--', 'apps');
    expect((await copy.init()).stdout).toBe(branches.map((each) => `+ ${each} on origin\n`).join(''));
  });

  it('branches that run images of another registry, as a copy has them, and takes them after a move with that registry', async () => {
    const copy = await original.copy(address);
    const git = createGit(copy.folder, copy.env);
    const image = `${original.was.registry}/orders`;
    const files = new Map([
      [
        'orders/release.yaml',
        formatRelease({
          ...releaseOf('a', { app: 'orders', namespace: 'orders-prod', image }),
          intent: 'a'.repeat(16),
        }),
      ],
    ]);
    const by = { name: 'Bob', email: 'bob@example.invalid' };
    const [commit = ''] = await git.commit(undefined, { files, message: 'Deliver\n', by, at: 1 });
    await git.push('origin', commit, 'deploy/prod');

    expect(await copy.init()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`whose images are not in ghcr.io/somebody-else:
  deploy/prod runs orders from ${image}
  if this repository has moved, they are its history, so keep its registry for now: pnpm run init --registry ${original.was.registry}
  if this is a copy, they came along and are somebody else's; remove them: git push origin --delete deploy/prod`),
    });
    expect(await copy.git('diff')).toBe('');

    expect(await copy.init('--registry', original.was.registry)).toMatchObject({ code: 0 });
    expect(await copy.git('--git-dir', copy.bare, 'rev-parse', 'deploy/prod')).toBe(`${commit}\n`);
    expect(await copy.git('diff', '--', 'gitops.config.yaml')).not.toContain('registry:');
    expect(await copy.init()).toMatchObject({ code: 6 });
  });

  it('to end well where the remote takes no branch', async () => {
    const copy = await original.copy(address);
    const hook = join(copy.bare, 'hooks/pre-receive');
    await writeFile(hook, '#!/bin/sh\necho "not you"\nexit 1\n');
    await chmod(hook, 0o755);

    expect(await copy.init()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('origin did not take the branch deploy/dev: not you\n'),
    });
  });
});
