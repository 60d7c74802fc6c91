import { execFileSync } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { cloneOf, createFleet, type Fleet, type FleetSize } from '../test/fleet.ts';
import { contextIn, exitOf, wrongWith } from '../test/landings.ts';
import { hold } from '../src/commands/hold.ts';
import { promote } from '../src/commands/promote.ts';
import { exitCodes } from '../src/core/errors.ts';

const staging = 'deploy/staging';
/** How often what depends on chance is tried again; many times where flakes are looked for. */
const repeats = Number(process.env['SLUICE_REPEATS'] ?? 0);

async function fleetOf(size: FleetSize): Promise<Fleet> {
  const fleet = await createFleet({ ...size, small: true });
  onTestFinished(fleet.clear);
  return fleet;
}

async function promoteIn(
  fleet: Fleet,
  clone: string,
  app: string,
  release?: string,
): Promise<{ exit: number; said: string }> {
  const { context, said } = contextIn(clone, fleet.env);
  const exit = await exitOf(promote(context, [app], { to: 'staging', release, wait: false, deadline: 60 }));
  return { exit, said: said() };
}

function titles({ bare }: Fleet): string[] {
  return execFileSync('git', ['--git-dir', bare, 'log', '--reverse', '--format=%s', staging], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

it('lands what forty people promote at once, each once', { repeats }, async () => {
  const fleet = await fleetOf({ apps: 40 });
  const clones = fleet.apps.map((app) => cloneOf(fleet, `clone-${app}`));
  const done = await Promise.all(fleet.apps.map((app, index) => promoteIn(fleet, clones[index] ?? '', app)));

  expect(done.filter(({ exit }) => exit !== exitCodes.done)).toEqual([]);
  expect(wrongWith(fleet.bare, staging, fleet.apps)).toEqual([]);
  expect(titles(fleet)).toHaveLength(41);
});

it('sees what was lost, and what landed twice', async () => {
  const fleet = await fleetOf({ apps: 2 });
  const [first = '', second = ''] = fleet.apps;
  await promoteIn(fleet, fleet.clone, first);
  const git = (...args: string[]): string =>
    execFileSync('git', ['--git-dir', fleet.bare, ...args], { encoding: 'utf8' }).trim();
  const head = git('rev-parse', staging);
  const again = git('commit-tree', '-p', head, '-m', 'Again', git('rev-parse', 'deploy/dev^{tree}'));
  git('update-ref', `refs/heads/${staging}`, again);

  expect(wrongWith(fleet.bare, staging, [...fleet.apps, 'missing'])).toEqual([
    `${first} landed 2 times`,
    'missing landed 0 times',
  ]);
  expect(second).not.toBe('');
});

it(
  'lets the newest of twenty releases of one app win, and tells the others that they were overtaken',
  { repeats },
  async () => {
    const fleet = await fleetOf({ apps: 1, releases: 20 });
    const [app = ''] = fleet.apps;
    const past = execFileSync(
      'git',
      ['--git-dir', fleet.bare, 'log', '--reverse', '--format=%H', 'deploy/dev', '--', app],
      { encoding: 'utf8' },
    );
    const tags = past
      .trim()
      .split('\n')
      .map((commit) =>
        execFileSync('git', ['--git-dir', fleet.bare, 'show', `${commit}:${app}/release.yaml`], { encoding: 'utf8' }),
      )
      .map((text) => /tag: "(.*)"/.exec(text)?.[1] ?? '');
    expect(new Set(tags).size).toBe(20);
    const clones = tags.map((_, index) => cloneOf(fleet, `clone-${index}`));
    const done = await Promise.all(tags.map((tag, index) => promoteIn(fleet, clones[index] ?? '', app, tag)));

    const landed = tags.filter((_, index) => done[index]?.exit === exitCodes.done);
    const others = done.filter(({ exit }) => exit !== exitCodes.done);
    expect(others.filter(({ exit }) => exit !== exitCodes.superseded)).toEqual([]);
    expect(landed.at(-1)).toBe(tags.at(-1));
    const history = execFileSync('git', ['--git-dir', fleet.bare, 'log', '--reverse', '--format=%B', staging], {
      encoding: 'utf8',
    });
    expect([...history.matchAll(/-> (\S+) \(/g)].map((each) => each[1])).toEqual(landed);
  },
);

it('lands nothing after a hold that was set meanwhile', { repeats }, async () => {
  const fleet = await fleetOf({ apps: 6 });
  const people = fleet.apps.map((app) => ({
    app,
    promoter: cloneOf(fleet, `p-${app}`),
    holder: cloneOf(fleet, `h-${app}`),
  }));
  const promoting = people.map(async ({ app, promoter }) => promoteIn(fleet, promoter, app));
  const holding = people.map(async ({ app, holder }) =>
    exitOf(hold(contextIn(holder, fleet.env).context, app, { env: 'staging', reason: 'racing' })),
  );
  const [promoted, held] = await Promise.all([Promise.all(promoting), Promise.all(holding)]);

  expect(held).toEqual(people.map(() => exitCodes.done));
  const seen = titles(fleet);
  for (const [index, { app }] of people.entries()) {
    const landing = seen.indexOf(`Promote ${app} to staging`);
    const stop = seen.indexOf(`Hold ${app} in staging`);
    expect(stop).toBeGreaterThan(0);
    expect({ app, exit: promoted[index]?.exit }).toEqual({
      app,
      exit: landing < 0 ? exitCodes.blocked : exitCodes.done,
    });
    expect(landing).toBeLessThan(stop);
  }
});
