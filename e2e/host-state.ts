import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a platform could leave behind on a host, as sorted lines. */
export interface HostState {
  processes: string[];
  mounts: string[];
  links: string[];
  rules: string[];
  sets: string[];
}

/** Reads the host's state; of the processes only those that belong to a state folder or to none of its callers. */
export async function hostState(state: string): Promise<HostState> {
  return {
    processes: await processes(state),
    mounts: await mounts(),
    links: await links(),
    rules: await rules(),
    sets: await sets(),
  };
}

async function processes(state: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
    const program = await readlink(`/proc/${pid}/exe`).catch(() => '');
    if (
      command.includes(state) ||
      program.includes('/sluice') ||
      /containerd-shim|argocd|traefik|coredns|prometheus/.test(program)
    ) {
      found.push(command);
    }
  }
  return found.toSorted();
}

async function mounts(): Promise<string[]> {
  const lines = (await readFile('/proc/self/mounts', 'utf8')).trim().split('\n');
  return lines.map((line) => line.split(' ').slice(0, 3).join(' ')).toSorted();
}

async function links(): Promise<string[]> {
  return (await readdir('/sys/class/net')).toSorted();
}

/** The rules without counters; the tables' own empty chains do not count. */
async function rules(): Promise<string[]> {
  const { stdout } = await run('iptables-save').catch(() => ({ stdout: '' }));
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('-A') || /^:(KUBE|CNI)/.test(line))
    .toSorted();
}

/** The sets of addresses that rules name. */
async function sets(): Promise<string[]> {
  const { stdout } = await run('ipset', ['list', '-name']).catch(() => ({ stdout: '' }));
  return stdout
    .split('\n')
    .filter((name) => name !== '')
    .toSorted();
}
