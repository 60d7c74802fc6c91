import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary.ts';
import { createGit, type Git } from '../adapters/git.ts';
import type { GitHub } from '../adapters/github/index.ts';
import type { Context } from '../context.ts';
import { ownIdentity, readIdentity } from './identity.ts';

const github = { login: async () => 'sluice[bot]' } as unknown as GitHub;
const ann = { name: 'ann', email: 'ann@users.noreply.github.com' };

async function clone(): Promise<Git> {
  const folder = await temporaryFolder();
  const git = createGit(folder, { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' });
  await git.run(['init', '--quiet', '.']);
  return git;
}

function context(env: NodeJS.ProcessEnv): Context {
  return { env } as Context;
}

describe('who asks', () => {
  it('is in the pipeline whoever started the run, or started it again', async () => {
    const where = { git: await clone(), github, writes: true };
    expect(await readIdentity(context({ GITHUB_ACTOR: 'ann' }), where)).toEqual(ann);
    const again = { GITHUB_ACTOR: 'bob', GITHUB_TRIGGERING_ACTOR: 'ann' };
    expect(await readIdentity(context(again), where)).toEqual(ann);
    await expect(readIdentity(context({}), where)).rejects.toThrow('GITHUB_ACTOR does not say who asks');
  });

  it('is elsewhere whom Git knows, whatever a workflow says of itself', async () => {
    const git = await clone();
    const env = context({ GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'ann' });
    await expect(readIdentity(env, { git, github: undefined, writes: true })).rejects.toThrow('who you are');
    await git.run(['config', 'user.name', 'Eve']);
    await git.run(['config', 'user.email', 'eve@example.invalid']);
    for (const where of [
      { git, github: undefined, writes: true },
      { git, github, writes: false },
    ]) {
      expect(await readIdentity(env, where)).toEqual({ name: 'Eve', email: 'eve@example.invalid' });
    }
  });

  it('is the pipeline itself where nobody asked', async () => {
    const where = { git: await clone(), github, writes: true };
    expect((await ownIdentity(context({ GITHUB_ACTOR: 'ann' }), where)).name).toBe('sluice[bot]');
  });
});
