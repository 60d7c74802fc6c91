import { UserError } from '@sluice/scripts/errors';
import type { Host } from '../../platform.ts';
import { requirePorts, requireRoot, requireShortState, type PortUse } from '../../preflight.ts';
import { createProcessFiles } from '../../supervisor/files.ts';
import { isAlive } from '../../linux/process.ts';
import { runningProcesses } from '../../supervisor/client.ts';
import type { Settings } from '../../settings.ts';
import type { Paths } from '../../state.ts';
import type { Driver, HostCommand } from '../driver.ts';
import { pushArchive } from '../push-archive.ts';
import { hasRemains } from './clean.ts';
import { down } from './down.ts';
import { contextName } from './kubeconfigs.ts';
import { linkOwner } from './links.ts';
import { up } from './up.ts';

const commands: readonly HostCommand[] = [
  { command: 'ip', package: 'iproute2', why: 'links of the node and its pods' },
  { command: 'mount', package: 'mount', why: 'volumes of the pods' },
  { command: 'iptables', package: 'iptables', why: 'service addresses and ports of the pods' },
  { command: 'ipset', package: 'ipset', why: 'addresses that network policies are about' },
  { command: 'conntrack', package: 'conntrack', why: 'forgetting connections to pods that are gone' },
  { command: 'runc', package: 'runc', why: 'starts the containers' },
  { command: 'buildah', package: 'buildah', why: 'builds images' },
  { command: 'debootstrap', package: 'debootstrap', why: 'makes the Debian that images are built on' },
];

/** A cluster of processes on this very host: Linux, root, no Docker. */
export function createEmbeddedDriver(paths: Paths, settings: Settings): Driver {
  const ports = portsOf(settings);
  return {
    name: 'embedded',
    summary: 'Kubernetes as processes of this host, without Docker',
    localImages: true,
    tools: ['registry', 'etcd', 'kubernetes', 'containerd', 'cni-plugins', 'kube-router', 'crictl'],
    commands,
    ports,
    kubeconfig: paths.kubeconfig,
    context: contextName,
    registry: `127.0.0.1:${settings.ports.registry}`,
    hostAddress: async () => settings.node.address,
    check: async (host) => await check(host, ports),
    up,
    isPresent,
    down: async (host, { purge }) => await down(host, purge),
    publishImage: async (_host, image) => await pushArchive(`127.0.0.1:${settings.ports.registry}`, image),
  };
}

/** Every TCP port that the driver binds. */
function portsOf(settings: Settings): PortUse[] {
  const onNode = new Set(['api', 'kubelet', 'git']);
  return Object.entries(settings.ports).map(([key, port]) => ({
    key,
    port,
    address: onNode.has(key) ? settings.node.address : '127.0.0.1',
  }));
}

async function isPresent(host: Host): Promise<boolean> {
  const files = createProcessFiles(host.paths.processes);
  return isAlive(files.readSupervisor()) || runningProcesses(files).length > 0 || (await hasRemains(host));
}

async function check(host: Host, ports: readonly PortUse[]): Promise<void> {
  requireRoot(process.geteuid?.());
  requireShortState(host.paths.state);
  const owner = await linkOwner(host.settings).catch(() => undefined);
  if (owner !== undefined && owner !== host.paths.state) {
    throw new UserError(`this host has a platform already, with the state folder ${owner}`, {
      hint: `only one fits a host; stop that one first: SLUICE_STATE=${owner} pnpm stop`,
      exit: 'blocked',
    });
  }
  const files = createProcessFiles(host.paths.processes);
  const own = files.names().flatMap((name) => {
    const recorded = files.readPid(name);
    return isAlive(recorded) ? [recorded.pid] : [];
  });
  // The router is a pod of the running platform, so its port is only asked before the first process runs.
  requirePorts(own.length === 0 ? ports : ports.filter(({ key }) => key !== 'router'), new Set(own));
}
