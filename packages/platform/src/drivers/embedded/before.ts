import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writeAtomically } from '../../files.ts';
import { mountsBelow } from './mounts.ts';

/** Kernel settings that the kubelet, kube-proxy, kube-router and the CNI plugins change. */
const sysctls = [
  'net/ipv4/ip_forward',
  'net/ipv4/conf/all/route_localnet',
  'net/bridge/bridge-nf-call-iptables',
  'net/bridge/bridge-nf-call-ip6tables',
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
];

/** Folders outside the state folder whose paths are fixed in containerd, the CNI library and the kubelet. */
const fixedFolders = [
  '/run/containerd',
  '/var/lib/cni',
  '/var/lib/kubelet',
  '/var/log/containers',
  '/run/calico',
  '/usr/libexec/kubernetes',
];

interface Before {
  /** The kernel's own id of the boot; files of earlier versions lack it. */
  boot?: string;
  sysctls: Record<string, string>;
  /** Fixed folders that were not there. */
  absent: string[];
}

/** Writes down how the host is before the first start; a later start keeps what the first one saw. */
export async function recordBefore(file: string): Promise<void> {
  if (existsSync(file)) return;
  const values: Record<string, string> = {};
  for (const name of sysctls) {
    const path = join('/proc/sys', name);
    if (existsSync(path)) values[name] = readFileSync(path, 'utf8').trim();
  }
  const absent = fixedFolders.filter((folder) => !existsSync(folder));
  const before: Before = { boot: bootId(), sysctls: values, absent };
  await writeAtomically(file, `${JSON.stringify(before, undefined, 2)}\n`);
}

/** Whether the kernel's state is still that of the boot in which it was written down. Since another one nothing of it is the platform's. */
export async function isSameBoot(file: string): Promise<boolean> {
  const before = await readJson<Before>(file);
  return before?.boot === undefined || before.boot === bootId();
}

/** Brings back what was written down and forgets it; folders that somebody else uses by now stay. */
export async function restoreBefore(file: string): Promise<void> {
  const before = await readJson<Before>(file);
  if (before === undefined) return;
  for (const [name, value] of (await isSameBoot(file)) ? Object.entries(before.sysctls) : []) {
    const path = join('/proc/sys', name);
    // One of a module that is not loaded any more is not there.
    if (existsSync(path) && readFileSync(path, 'utf8').trim() !== value) writeFileSync(path, value);
  }
  for (const folder of before.absent) {
    if (!(await isInUse(folder))) await rm(folder, { recursive: true, force: true });
  }
  await rm(file, { force: true });
}

/**
 * Whether another runtime or cluster has come to a folder: something is mounted there, a socket is open, or it hands out
 * addresses of pods there, as host-local does where it is not told where.
 */
async function isInUse(folder: string): Promise<boolean> {
  if (existsSync(join(folder, 'networks'))) return true;
  const [mounts, sockets] = await Promise.all(
    ['/proc/self/mounts', '/proc/net/unix'].map((file) => readFile(file, 'utf8')),
  );
  return (
    mountsBelow(mounts ?? '', folder).length > 0 ||
    (sockets ?? '').split('\n').some((line) => line.includes(` ${folder}/`))
  );
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
