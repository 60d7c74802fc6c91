import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gitHubApi, gitHubPage, readGitHubAddress } from './github-address.ts';

const shop = { host: 'github.com', owner: 'acme', name: 'shop' };

describe('readGitHubAddress', () => {
  it.each([
    'https://github.com/acme/shop.git',
    'https://github.com/acme/shop',
    'https://GitHub.com/acme/shop/',
    'https://x-access-token:secret@github.com/acme/shop.git',
    'ssh://git@github.com/acme/shop.git',
    'ssh://git@github.com:22/acme/shop.git',
    'ssh://git@ssh.github.com:443/acme/shop.git',
    'git@github.com:acme/shop.git',
    'github.com:acme/shop',
  ])('reads %s', (url) => {
    expect(readGitHubAddress(url, [])).toEqual(shop);
  });

  it('reads a GitHub Enterprise Server that was named, with its port, and no other', () => {
    const url = 'https://git.acme.example:8443/acme/shop.git';
    expect(readGitHubAddress(url, ['git.acme.example:8443'])).toEqual({ ...shop, host: 'git.acme.example:8443' });
    expect(readGitHubAddress(url, [])).toBeUndefined();
  });

  it.each([
    '/srv/git/shop.git',
    'file:///srv/github.com/acme/shop.git',
    '../github.com:acme/shop',
    'https://gitlab.com/acme/shop.git',
    'https://github.com.evil.example/acme/shop.git',
    'https://evil.example/github.com/acme/shop.git',
    'https://evil.example#@github.com.example/acme/shop',
    'https://github.com/acme',
    'https://github.com/acme/shop/tree/main',
    'https://github.com/acme/..',
    'https://github.com/ac me/shop',
    'git@github.com:acme/shop?x=1',
    '',
  ])('takes %s for something else', (url) => {
    expect(readGitHubAddress(url, [])).toBeUndefined();
  });

  it('gives only names that can be part of a path, whatever it reads', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.constantFrom('https://github.com/', 'git@github.com:'),
        (a, b, start) => {
          const { owner, name } = readGitHubAddress(`${start}${a}/${b}`, []) ?? shop;
          expect(`${owner}/${name}`).toMatch(/^[\w-]+\/(?!\.{1,2}$)[\w.-]+$/);
        },
      ),
    );
  });
});

describe('an address on GitHub', () => {
  it('says where the pages and the API are', () => {
    expect(gitHubPage(shop)).toBe('https://github.com/acme/shop');
    expect(gitHubApi(shop)).toBe('https://api.github.com');
    expect(gitHubApi({ host: 'git.acme.example' })).toBe('https://git.acme.example/api/v3');
  });
});
