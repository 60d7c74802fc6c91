import { execFileSync } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFleet } from '../test/fleet.ts';
import { measure, type Benchmark, type Row } from './measure.ts';

const sizes = [
  { apps: 100, packages: 10, filesPerPackage: 15 },
  { apps: 900, packages: 100, filesPerPackage: 5 },
];

/** What a push has to deliver, beside how pnpm tells what a commit affects. */
export const affected: Benchmark = {
  name: 'affected',
  question: 'How long does it take to tell which apps a commit affects?',
  async run() {
    const rows: Row[] = [];
    for (const size of sizes) {
      const fleet = await createFleet(size);
      const { clone, env, bin } = fleet;
      await appendFile(join(clone, 'packages/package-001/file-1.js'), '// edited\n');
      execFileSync('git', ['commit', '--quiet', '--all', '--message', 'Edit'], { cwd: clone, env });
      const due = await measure(10, () => ({
        command: process.execPath,
        args: [bin, 'deliver', '--dry-run', '--json'],
        cwd: clone,
        env,
      }));
      const pnpm = process.env['npm_execpath'] ?? 'pnpm';
      const peer = await measure(10, () => ({
        command: pnpm,
        args: ['--filter', '...[HEAD~1]', 'list', '--depth', '-1', '--json'],
        cwd: clone,
        env,
      }));
      const count = size.apps + size.packages;
      rows.push(
        {
          what: `\`deliver --dry-run\` of ${count} packages, with a fetch and the state of dev`,
          figure: due,
          budget: size.apps > 100 ? undefined : 100,
        },
        { what: `\`pnpm --filter ...[HEAD~1] list\` of ${count} packages`, figure: peer },
      );
      await fleet.clear();
    }
    return { rows };
  },
};
