import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually, type Changes, type Finished, type Lab } from './lab.ts';

/** Where an app is in an environment, as `status --json` says. */
export interface Cell {
  app: string;
  environment: string;
  release?: { tag: string; digest: string };
  record?: { outcome: { state: string } };
  waits: string[];
  stops: string[];
  health?: string;
}

/** The three apps of this repository. */
export const apps = ['storefront', 'catalog', 'orders'];

const page = 'services/storefront/src/page/page.ts';

/** An edit that one can see in the storefront's page, as `Edited <mark>`. */
export function edited(mark: string): Changes {
  return { [page]: (text) => text.replace(/const tagline = '[^']*'/, `const tagline = 'Edited ${mark}'`) };
}

/** Runs a command of the scripts in the clone, without a package manager around it. */
export function sluice(lab: Lab, ...args: string[]): Promise<Finished> {
  return lab.start(join(lab.clone, 'node_modules', '.bin', 'node'), 'scripts/bin.js', ...args).ended;
}

export async function cell(lab: Lab, app: string, environment: string): Promise<Cell> {
  const { output, stdout, code } = await sluice(lab, 'status', '--json');
  expect(code, output).toBe(0);
  const { cells } = JSON.parse(stdout) as { cells: Cell[] };
  const found = cells.find((each) => each.app === app && each.environment === environment);
  if (found === undefined) throw new Error(`status shows no ${app} in ${environment}`);
  return found;
}

/** Waits until a promotion may go on: to the time at which its gates open, as `--explain` says. */
export async function opened(lab: Lab, app: string, environment: string): Promise<void> {
  const until = await openingOf(lab, [app], environment);
  await eventually(`${app} to have been healthy long enough`, 60, async () => Date.now() >= until);
}

/** When all gates will let some apps pass, as `--explain` says: now, or later. Milliseconds since 1970. */
export async function openingOf(lab: Lab, names: readonly string[], environment: string): Promise<number> {
  return eventually(`the opening of ${environment} for ${names.join(', ')}`, 120, async () => {
    const { stdout } = await sluice(lab, 'promote', ...names, '--to', environment, '--explain', '--json');
    const { changes } = JSON.parse(stdout) as { changes: { verdicts: { state: string; opensAt?: string }[] }[] };
    const waiting = changes.flatMap(({ verdicts }) => verdicts).filter(({ state }) => state === 'pending');
    const times = waiting.map(({ opensAt }) => Date.parse(opensAt ?? ''));
    return times.some(Number.isNaN) ? undefined : Math.max(Date.now(), ...times);
  });
}

/** Promotes an app as soon as its gates let it pass. */
export async function promote(lab: Lab, app: string, environment: string): Promise<Finished> {
  await opened(lab, app, environment);
  return lab.pnpm('run', 'promote', app, '--to', environment);
}

/** Pushes edits to main and sees that their delivery ended well. */
export async function deliver(lab: Lab, changes: Changes): Promise<Finished> {
  const pushed = await lab.push(changes);
  expect(pushed.code, pushed.output).toBe(0);
  expect(pushed.output).toMatch(/\(exit 0\)\s*\n/);
  return pushed;
}

/** The commit at the head of a branch of the remote. */
export async function tail(lab: Lab, branch: string): Promise<string> {
  return (await lab.git('ls-remote', 'local', `refs/heads/${branch}`)).split('\t')[0] ?? '';
}

/** The titles of the commits on a branch of the remote since one of them. */
export async function commitsSince(lab: Lab, branch: string, start: string): Promise<string[]> {
  await lab.git('fetch', '--quiet', 'local');
  const listed = await lab.git('log', '--format=%s', `${start}..local/${branch}`);
  return listed.split('\n').filter((line) => line !== '');
}
