import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cloneOf, createFleet, unguarded } from '../test/fleet.ts';
import { bash, measure, type Benchmark } from './measure.ts';

/** Promotion of one app from the shell to the landing, its hook on, in a repository of 13,000 files. */
export const promoteOne: Benchmark = {
  name: 'promote-one',
  question: 'How long does promoting one app take, in a repository of 13,000 files?',
  async run() {
    const fleet = await createFleet({ apps: 40, files: 12_000 });
    const { clone, env, bin, apps } = fleet;
    await writeFile(join(clone, 'package.json'), JSON.stringify({ scripts: { promote: `node ${bin} promote` } }));
    const pnpm = process.env['npm_execpath'] ?? 'pnpm';
    const arguments_ = (run: number): string[] => [apps[run] ?? '', '--to', 'staging', '--no-wait'];
    const work = await measure(12, (run) => ({
      command: pnpm,
      args: ['run', 'promote', ...arguments_(run)],
      cwd: clone,
      env,
    }));
    const nothing = await measure(12, () => ({ command: pnpm, args: ['run', 'promote', '--help'], cwd: clone, env }));
    const remote = unguarded(fleet);
    const naive = cloneOf(fleet, 'naive', remote);
    const edit =
      'sed -i "s/value: .*/value: $RANDOM/; s/^# .*/# $RANDOM/" docs/pages/0/0.md; git commit -qam x; git push -q origin HEAD:refs/heads/naive';
    const floor = await measure(12, () => bash(edit, naive, env));
    const fresh = await measure(3, (run) =>
      bash(
        `git clone -q ${remote} ../fresh-${run}; cd ../fresh-${run}; ${edit.replace('naive', `naive-${run}`)}`,
        naive,
        env,
      ),
    );
    await fleet.clear();
    return {
      rows: [
        { what: '`pnpm run promote app --to staging --no-wait`, rendered, judged, landed', figure: work, budget: 450 },
        { what: 'of which: `pnpm run promote --help`', figure: nothing },
        { what: 'sed, commit, push by hand: no rendering, no gates, no hook', figure: floor },
        { what: 'a fresh clone for each promotion, then sed, commit, push', figure: fresh },
      ],
    };
  },
};
