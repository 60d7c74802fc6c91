import { expect, it } from 'vitest';
import { onGitHub } from './github-workshop.ts';
import { createWorkshop } from './workshop.ts';

it('a workshop on GitHub is one repository for git, for the pipeline and for the API', async () => {
  const workshop = await onGitHub(await createWorkshop());
  const { git, env, github } = workshop;
  expect((await git('config', 'remote.origin.url')).trim()).toBe('https://github.com/acme/shop.git');
  expect(await git('remote')).toBe('origin\n');

  const pushed = await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
  const headers = { authorization: `token ${env['GITHUB_TOKEN']}` };
  const asked = await fetch(`${env['GITHUB_API_URL']}/repos/acme/shop/git/ref/heads/main`, { headers });
  expect(await asked.json()).toMatchObject({ object: { sha: pushed } });
  expect(github.calls()).toEqual([{ operation: 'git/get-ref', mutating: false, status: 200, by: 'sluice[bot]' }]);

  const dev = await workshop.head('deploy/dev');
  github.protect({ branches: ['deploy/*'], bypass: ['sluice[bot]'] });
  await expect(git('push', 'origin', '+HEAD:deploy/dev')).rejects.toThrow('GH013');
  await git('push', 'origin', 'HEAD:refs/heads/free');
  expect(await workshop.head('deploy/dev')).toBe(dev);
});
