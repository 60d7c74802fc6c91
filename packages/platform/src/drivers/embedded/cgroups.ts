import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../wait.ts';
import { cgroupRoot } from './layout.ts';

const base = '/sys/fs/cgroup';

/** True where the host has one tree for all controllers (cgroups(7), version 2). */
function isUnified(): boolean {
  return existsSync(join(base, 'cgroup.controllers'));
}

/** The mounted hierarchies: one on cgroup v2, one per controller on v1. */
function hierarchies(): string[] {
  if (isUnified()) return [base];
  return readdirSync(base, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(base, entry.name));
}

/** Makes the pods' root cgroup in every hierarchy; the kubelet refuses a root that does not exist. */
export async function ensureCgroups(): Promise<void> {
  for (const hierarchy of hierarchies()) {
    const root = join(hierarchy, cgroupRoot);
    await mkdir(root, { recursive: true });
    if (hierarchy.endsWith('/cpuset')) inheritCpus(hierarchy, root);
    if (isUnified()) for (const folder of [hierarchy, root]) enableControllers(folder);
  }
}

/** Kills everything in the pods' cgroups and waits until they are empty. */
export async function killCgroups(): Promise<void> {
  await until(
    'the end of all pods',
    async () => {
      const pids = cgroupPids();
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          continue;
        }
      }
      return pids.length === 0 ? true : undefined;
    },
    { timeout: 20_000, every: 50 },
  );
}

/** Processes in the pods' cgroups. */
function cgroupPids(): number[] {
  const pids = new Set<number>();
  for (const folder of ourFolders()) {
    for (const line of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n')) {
      if (line !== '' && line !== '0') pids.add(Number(line));
    }
  }
  return [...pids];
}

/** Removes the pods' cgroups, deepest first. */
export async function removeCgroups(): Promise<void> {
  await until(
    'the removal of the cgroups',
    async () => {
      for (const folder of ourFolders()) rmdirSync(folder);
      return true;
    },
    { timeout: 10_000, every: 100 },
  );
}

/** Our cgroups that exist, children before their parents. */
function ourFolders(): string[] {
  if (!existsSync(base)) return [];
  return hierarchies()
    .map((hierarchy) => join(hierarchy, cgroupRoot))
    .filter((root) => existsSync(root))
    .flatMap((root) => [...descend(root), root]);
}

function descend(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => [...descend(join(folder, entry.name)), join(folder, entry.name)]);
}

/** On v1 a new cpuset is empty and takes no process until it has CPUs and memory nodes (cpuset(7)). */
function inheritCpus(parent: string, child: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (!existsSync(join(child, file)) || readFileSync(join(child, file), 'utf8').trim() !== '') continue;
    writeFileSync(join(child, file), readFileSync(join(parent, file)));
  }
}

function enableControllers(folder: string): void {
  const offered = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ');
  for (const name of offered.filter((one) => one !== '')) {
    try {
      writeFileSync(join(folder, 'cgroup.subtree_control'), `+${name}`);
    } catch {
      // Controllers that the host keeps for itself are left to it; the kubelet says what it misses.
      continue;
    }
  }
}
