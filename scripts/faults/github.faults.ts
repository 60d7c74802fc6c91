import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onGitHub, type GitHubWorkshop } from '../test/github-workshop.ts';
import { virtualTime } from '../test/virtual-time.ts';
import { createWorkshop, promotedWorkshop, type Finished, type Workshop } from '../test/workshop.ts';

const elapse = virtualTime();

async function inPipeline(made: Promise<Workshop>): Promise<GitHubWorkshop> {
  const workshop = await onGitHub(await made);
  workshop.inPipeline('ann');
  return workshop;
}

async function run(workshop: Workshop, ...args: string[]): Promise<Finished & { seconds: number }> {
  const { value, error, seconds } = await elapse(() => workshop.sluice(...args));
  if (value === undefined) throw error ?? new Error('it did not run');
  return { ...value, seconds };
}

const toProd = ['promote', 'web', '--to', 'prod', '--yes', '--no-wait'];

describe('a branch that somebody else moves', () => {
  it('gets what is planned again on each new head', async () => {
    const workshop = await inPipeline(promotedWorkshop());
    const before = await workshop.head('deploy/prod');
    workshop.github.fault({ on: 'createCommitOnBranch', kind: 'stale head', times: 3 });
    const done = await run(workshop, ...toProd);

    expect(done.code, done.stderr).toBe(0);
    expect(done.stderr.match(/planned again/g)).toHaveLength(3);
    expect(workshop.github.mutations()).toEqual(Array.from({ length: 4 }, () => 'createCommitOnBranch'));
    const log = await workshop.git('--git-dir', workshop.bare, 'log', '--format=%an', `${before}..deploy/prod`);
    expect(log.trim().split('\n')).toEqual(['sluice[bot]', 'Somebody Else', 'Somebody Else', 'Somebody Else']);
    expect((await workshop.release('prod', 'web')).release).toBe((await workshop.release('staging', 'web')).release);
  });

  it('that never stands still is given up within 30 seconds, with 4 and nothing written', async () => {
    const workshop = await inPipeline(createWorkshop());
    workshop.github.fault({ on: 'createCommitOnBranch', kind: 'stale head', times: Infinity });
    const done = await run(workshop, 'hold', 'web', '--env', 'prod', '--reason', 'wait');

    expect(done.code, done.stderr).toBe(4);
    expect(done.stderr).toContain('nothing was written');
    expect(done.seconds).toBeLessThanOrEqual(30);
    await expect(workshop.policy('prod')).rejects.toThrow('policy/holds.yaml');
  });
});

describe('a token that ends on the way', () => {
  it('ends the command with 1 and no word of the token; run again with another, it lands once', async () => {
    const workshop = await inPipeline(promotedWorkshop());
    const before = await workshop.head('deploy/prod');
    const token = workshop.github.issue({ calls: 1 });
    workshop.env['GITHUB_TOKEN'] = token;
    workshop.github.fault({ on: 'createCommitOnBranch', kind: 'stale head' });
    const ended = await run(workshop, ...toProd);
    const theirs = await workshop.head('deploy/prod');

    expect(ended.code, ended.stderr).toBe(1);
    expect(ended.stderr).toContain('GitHub does not accept the token');
    expect(ended.stderr + ended.stdout).not.toContain(token);
    await expect(workshop.release('prod', 'web')).rejects.toThrow('web/release.yaml');

    workshop.env['GITHUB_TOKEN'] = workshop.github.token;
    expect((await run(workshop, ...toProd)).code).toBe(0);
    expect((await workshop.git('--git-dir', workshop.bare, 'rev-list', `${before}..deploy/prod`)).trim()).toBe(
      `${await workshop.head('deploy/prod')}\n${theirs}`,
    );
  });
});

/** Has built every image already. */
const quickDocker = `#!/bin/sh
case "$2" in imagetools) echo sha256:${'a'.repeat(64)} ;; esac
`;

describe('a promotion', () => {
  it('takes two mutations, its landing and its records, for one app as for ten or forty', async () => {
    const names = Array.from({ length: 38 }, (_, index) => `app-${String(index).padStart(2, '0')}`);
    const made = createWorkshop((files) => {
      const copied = Object.entries(files).filter(([path]) => path.startsWith('apps/jobs/'));
      for (const name of names) {
        for (const [path, text] of copied) {
          files[path.replace('jobs', name)] = text.replaceAll('jobs', name).replace(`image: ${name}`, 'image: jobs');
        }
      }
      const apps = names.map((name) => `  ${name}: {strategy: rolling, service: jobs}\n`).join('');
      files['gitops.config.yaml'] = (files['gitops.config.yaml'] ?? '')
        .replace('apps:\n', `apps:\n${apps}`)
        .replaceAll(', gates: {verified: {}}', '')
        .replace('after: [staging]', 'after: [dev]');
    });
    const workshop = await inPipeline(made);
    await writeFile(join(workshop.clone, '..', 'bin', 'docker'), quickDocker);
    const rounds = [
      ['deliver', '--build-number', '1'],
      ['promote', ...names.slice(0, 1), '--to', 'staging'],
      ['promote', ...names.slice(1, 11), '--to', 'staging'],
      ['promote', '--all', '--to', 'prod', '--yes'],
    ];
    const taken: number[] = [];
    for (const args of rounds) {
      const before = workshop.github.mutations().length;
      const done = await run(workshop, ...args);
      // Without a cluster to be had, what becomes of them is unknown; that is recorded too.
      expect(done.code, done.stderr).toBe(5);
      taken.push(workshop.github.mutations().length - before);
    }
    expect(taken).toEqual([2, 2, 2, 2]);
    const listed = await workshop.git('--git-dir', workshop.bare, 'ls-tree', '-r', '--name-only', 'deploy/prod');
    expect(listed.match(/manifests.yaml/g)).toHaveLength(40);
  });
});
