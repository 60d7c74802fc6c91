import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gitHubPage } from '../github-address.ts';
import { chooseOwner, readOwner, readRepository, type Owner } from './owner.ts';

const was: Owner = {
  repository: { host: 'github.com', owner: 'acme', name: 'sluice' },
  url: 'https://github.com/acme/sluice.git',
  registry: 'ghcr.io/acme',
};

/** Names as GitHub allows them. */
const owner = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/);
const name = fc.stringMatching(/^[\w.-]{1,20}$/).filter((each) => !/^\.{1,2}$|\.git$/.test(each));

describe('a repository', () => {
  it('is the same in every form that a remote can have', () => {
    fc.assert(
      fc.property(owner, name, (owner, name) => {
        const expected = { host: 'github.com', owner, name };
        for (const form of [
          `${owner}/${name}`,
          `https://github.com/${owner}/${name}`,
          `https://github.com/${owner}/${name}.git`,
          `https://x-access-token:secret@github.com/${owner}/${name}.git/`,
          `git@github.com:${owner}/${name}.git`,
          `ssh://git@github.com/${owner}/${name}.git`,
          `ssh://git@ssh.github.com:443/${owner}/${name}.git`,
        ])
          expect(readRepository(form), form).toEqual(expected);
      }),
    );
  });

  it.each([
    ['https://git.example:8443/team/shop.git', 'https://git.example:8443/team/shop'],
    ['ssh://git@git.example:2222/team/shop', 'https://git.example/team/shop'],
    ['git@Git.Example:team/shop.git', 'https://git.example/team/shop'],
  ])('may be on a server of its own: %s', (form, page) => {
    const found = readRepository(form);
    expect(found && gitHubPage(found)).toBe(page);
  });

  it.each(['', 'shop', 'a/b/c', '../shop', 'team/..', 'https://github.com/team', '/srv/git/shop.git', 'team/shop;x'])(
    'is not %j',
    (text) => {
      expect(readRepository(text)).toBeUndefined();
    },
  );
});

describe('the registry', () => {
  it("is the owner's at GitHub in lower case, unless one is named", () => {
    fc.assert(
      fc.property(owner, name, (owner, name) => {
        fc.pre(!owner.includes('--'));
        const repository = { host: 'github.com', owner: `${owner}x`, name };
        expect(chooseOwner(was, repository, undefined)).toEqual({
          repository,
          url: `https://github.com/${owner}x/${name}.git`,
          registry: `ghcr.io/${owner.toLowerCase()}x`,
        });
        expect(chooseOwner(was, repository, 'quay.io/a').registry).toBe('quay.io/a');
      }),
    );
  });

  it('stays where the repository does', () => {
    expect(chooseOwner({ ...was, registry: 'quay.io/a' }, was.repository, undefined)).toEqual({
      ...was,
      registry: 'quay.io/a',
    });
  });

  it.each(['https://ghcr.io/acme', 'GHCR.io/acme', 'ghcr.io/acme:1', ''])('cannot be %j', (registry) => {
    expect(() => chooseOwner(was, was.repository, registry)).toThrow(
      `${JSON.stringify(registry)} is not the address of a registry`,
    );
  });

  it('has to be named where another server has the repository', () => {
    const repository = { host: 'git.example', owner: 'team', name: 'shop' };

    expect(() => chooseOwner(was, repository, undefined)).toThrow(
      'git.example does not say where the images of https://git.example/team/shop go',
    );
  });
});

describe('whose it was', () => {
  const files = (settings: string, config: string): Map<string, string> =>
    new Map([
      ['argocd/settings/settings.env', settings],
      ['gitops.config.yaml', config],
    ]);

  it('is in two files', () => {
    const settings = '# x\nrepository=git@github.com:acme/sluice.git\ncluster-dev=a\n';

    expect(readOwner(files(settings, 'registry: ghcr.io/acme # x\n'))).toEqual({
      ...was,
      url: 'git@github.com:acme/sluice.git',
    });
  });

  it.each([
    ['repository=\n', 'registry: ghcr.io/acme\n', 'argocd/settings/settings.env names no repository but ""'],
    ['', 'registry: ghcr.io/acme\n', 'argocd/settings/settings.env names no repository but ""'],
    ['repository=acme/sluice\n', 'registry: https://x\n', 'gitops.config.yaml has no registry but "https://x"'],
    ['repository=acme/sluice\n', '', 'gitops.config.yaml has no registry but ""'],
  ])('is not known from %j and %j', (settings, config, message) => {
    expect(() => readOwner(files(settings, config))).toThrow(message);
  });
});
