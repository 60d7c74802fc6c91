import { execFileSync } from 'node:child_process';
import { cloneOf, createFleet, unguarded, type Fleet } from '../test/fleet.ts';
import { bash, figureOf, timed, type Benchmark, type Command, type Row } from './measure.ts';

/** Many people promoting at once to one remote on one machine, each from a clone and a process of their own. */
export const writers: Benchmark = {
  name: 'writers',
  question: 'How long until all of many who promote at the same moment have landed, and is anything lost?',
  async run() {
    const rows: Row[] = [];
    const notes: string[] = [];
    for (const count of [10, 20, 40]) {
      const fleet = await createFleet({ apps: count });
      const { env, bin, apps } = fleet;
      const clones = apps.map((app) => cloneOf(fleet, `writer-${app}`));
      const start = await together(
        clones.map((cwd) => ({ command: process.execPath, args: [bin, 'promote', '--help'], cwd, env })),
      );
      const promote = await together(
        clones.map((cwd, index) => ({
          command: process.execPath,
          args: [bin, 'promote', apps[index] ?? '', '--to', 'staging', '--no-wait'],
          cwd,
          env,
        })),
      );
      notes.push(`${count} writers: ${landed(fleet)} of ${count} landed, each once; \`git fsck\` clean`);
      const remote = unguarded(fleet);
      const naive = apps.map((app) => cloneOf(fleet, `naive-${app}`, remote));
      const peer = await together(naive.map((cwd, index) => bash(pullAndPush(index), cwd, env)));
      rows.push(
        { what: `${count} writers, from the first process to the last landing`, figure: promote },
        { what: `${count} processes that only start`, figure: start },
        { what: `${count} loops of \`git pull --rebase && git push\`: no rendering, no gates, no hook`, figure: peer },
      );
      await fleet.clear();
    }
    return { rows, notes };
  },
};

async function together(commands: readonly Command[]): Promise<ReturnType<typeof figureOf>> {
  const began = performance.now();
  await Promise.all(commands.map(timed));
  return figureOf([{ ms: performance.now() - began }]);
}

/** How many apps have landed by exactly one commit; throws where the repository is damaged. */
function landed({ bare, apps }: Fleet): number {
  const git = (...args: string[]): string => execFileSync('git', ['--git-dir', bare, ...args], { encoding: 'utf8' });
  git('fsck', '--strict');
  return apps.filter((app) => git('log', '--format=%H', 'deploy/staging', '--', app).trim().split('\n').length === 1)
    .length;
}

function pullAndPush(index: number): string {
  return `
git checkout -q -B naive origin/deploy/dev
echo x > "writer-${index}"; git add .; git commit -qm x
git push -q origin HEAD:refs/heads/naive 2>/dev/null && exit 0
until git pull -q --rebase origin naive 2>/dev/null && git push -q origin HEAD:refs/heads/naive 2>/dev/null; do git rebase --abort 2>/dev/null || true; done`;
}
