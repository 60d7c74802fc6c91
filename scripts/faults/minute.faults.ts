import { execFile, execFileSync } from 'node:child_process';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { cloneOf, createFleet, type Fleet } from '../test/fleet.ts';
import { contextIn, exitOf } from '../test/landings.ts';
import { promote } from '../src/commands/promote.ts';
import { reconfigure } from '../src/commands/reconfigure.ts';
import { exitCodes } from '../src/core/errors.ts';

const execute = promisify(execFile);
const seconds = 60;
const staging = 'deploy/staging';

it(`keeps everything that forty people land for ${seconds} s while somebody pushes by hand`, async () => {
  const fleet = await createFleet({ apps: 40, small: true });
  onTestFinished(fleet.clear);
  const ends = Date.now() + seconds * 1000;
  const goesOn = (): boolean => Date.now() < ends;
  const clones = fleet.apps.map((app) => cloneOf(fleet, `clone-${app}`));
  const byHand = pushByHand(fleet, goesOn);
  const landed = await Promise.all(
    fleet.apps.map((app, index) => landAgainAndAgain(fleet, clones[index] ?? '', app, goesOn)),
  );
  const { edits, refused } = await byHand;

  const git = (...args: string[]): string =>
    execFileSync('git', ['--git-dir', fleet.bare, ...args], { encoding: 'utf8' }).trim();
  expect(git('fsck', '--strict', '--no-dangling')).toBe('');
  expect(git('rev-list', '--merges', staging)).toBe('');
  const counts = fleet.apps.map((app) => git('log', '--format=%H', staging, '--', app).split('\n').length);
  expect(counts).toEqual(landed);
  expect(git('log', '--format=%s', '--grep=By hand', staging)).toBe('');
  expect({ edits: edits > 3, refused: refused > 3 }).toEqual({ edits: true, refused: true });
  process.stdout.write(
    `${landed.reduce((sum, each) => sum + each, 0)} landings, ${edits} pushes to main, ${refused} refused\n`,
  );
});

/** Promotes an app, then applies its overlay whenever somebody has edited it; gives how many landings it was told of. */
async function landAgainAndAgain(fleet: Fleet, clone: string, app: string, goesOn: () => boolean): Promise<number> {
  const options = { wait: false, deadline: 60 };
  let landed = 0;
  while (goesOn()) {
    const { context, said } = contextIn(clone, fleet.env);
    const work =
      landed === 0
        ? promote(context, [app], { ...options, to: 'staging' })
        : reconfigure(context, [app], { ...options, env: 'staging' });
    const exit = await exitOf(work);
    if (exit === exitCodes.done) landed += 1;
    else if (exit !== exitCodes.nothing) throw new Error(said());
  }
  return landed;
}

/** Edits overlays on main, and tries to edit what staging runs. */
async function pushByHand(fleet: Fleet, goesOn: () => boolean): Promise<{ edits: number; refused: number }> {
  const clone = cloneOf(fleet, 'by-hand');
  const run = (...args: string[]): Promise<unknown> => execute('git', args, { cwd: clone, env: fleet.env });
  const [edits, refused] = [{ count: 0 }, { count: 0 }];
  for (let round = 0; goesOn(); round++) {
    const app = fleet.apps[round % fleet.apps.length] ?? '';
    await appendFile(join(clone, `apps/${app}/overlays/staging/kustomization.yaml`), `# ${round}\n`);
    await run('commit', '--quiet', '--all', '--message', `Edit ${app}`);
    await run('push', '--quiet', 'origin', 'main');
    edits.count += 1;
    await run('fetch', '--quiet', 'origin');
    await run('checkout', '--quiet', '--detach', `origin/${staging}`);
    await writeFile(join(clone, 'policy-by-hand.yaml'), `${round}\n`);
    await run('add', '--all');
    await run('commit', '--quiet', '--message', 'By hand');
    try {
      await run('push', '--quiet', 'origin', `HEAD:${staging}`);
    } catch {
      refused.count += 1;
    }
    await run('checkout', '--quiet', '--force', 'main');
  }
  return { edits: edits.count, refused: refused.count };
}
