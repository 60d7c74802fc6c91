import { cloneOf, createFleet, unguarded } from '../test/fleet.ts';
import { bash, measure, type Benchmark } from './measure.ts';

/** Forty apps in one landing, beside forty commits and pushes. */
export const promoteMany: Benchmark = {
  name: 'promote-many',
  question: 'How long does promoting forty apps in one landing take?',
  async run() {
    const fleets = await Promise.all([1, 2, 3, 4].map(() => createFleet({ apps: 40 })));
    const [first] = fleets;
    if (first === undefined) throw new Error('there are fleets');
    const work = await measure(fleets.length - 1, (run) => {
      const { clone, env, bin, apps } = fleets[run] ?? first;
      return {
        command: process.execPath,
        args: [bin, 'promote', ...apps, '--to', 'staging', '--no-wait'],
        cwd: clone,
        env,
      };
    });
    const plan = await measure(3, () => ({
      command: process.execPath,
      args: [first.bin, 'promote', ...first.apps, '--to', 'prod', '--from', 'staging', '--explain'],
      cwd: first.clone,
      env: first.env,
    }));
    const naive = cloneOf(first, 'naive', unguarded(first));
    const each =
      'for i in $(seq 40); do echo "$RANDOM" > "app-$i"; git add "app-$i"; git commit -qm x; git push -q origin HEAD:refs/heads/naive; done';
    const peer = await measure(2, () => bash(each, naive, first.env));
    for (const fleet of fleets) await fleet.clear();
    return {
      rows: [
        { what: '`promote` of 40 apps: 40 renderings twice, one commit, one push, its hook on', figure: work },
        { what: 'of which planning: 40 renderings once, every gate', figure: plan },
        { what: '40 commits and pushes by hand: no rendering, no gates, no hook', figure: peer },
      ],
    };
  },
};
