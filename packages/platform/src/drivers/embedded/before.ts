import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writeAtomically } from '../../files.ts';

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
  const before: Before = { sysctls: values, absent: fixedFolders.filter((folder) => !existsSync(folder)) };
  await writeAtomically(file, `${JSON.stringify(before, undefined, 2)}\n`);
}

/** Brings back what was written down and forgets it. */
export async function restoreBefore(file: string): Promise<void> {
  const before = await readJson<Before>(file);
  if (before === undefined) return;
  for (const [name, value] of Object.entries(before.sysctls)) {
    const path = join('/proc/sys', name);
    if (readFileSync(path, 'utf8').trim() !== value) writeFileSync(path, value);
  }
  for (const folder of before.absent) await rm(folder, { recursive: true, force: true });
  await rm(file, { force: true });
}
