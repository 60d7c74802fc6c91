import { UserError } from '@sluice/scripts/errors';
import { requirePorts, type PortUse } from '../preflight.ts';
import type { Host } from '../platform.ts';
import type { Settings } from '../settings.ts';
import type { Paths } from '../state.ts';
import { linkTools } from '../tools.ts';
import type { Driver, Purge } from './driver.ts';
import { contextName } from './embedded/kubeconfigs.ts';
import { hasGuests, removeState, stopGuests } from './guests.ts';
import { deleteCluster, nodeContainer, settleCluster, startCluster, writeKubeconfig } from './kind/cluster.ts';
import { createCommands, inspectContainer, network, requireDocker } from './kind/docker.ts';
import { connectRegistry, registryContainer, registryVolume, startRegistry } from './kind/registry.ts';
import { pushArchive } from './push-archive.ts';

const containers = [nodeContainer, registryContainer];

/** A cluster in Docker, made by kind, with a registry in a container beside it. `env` has the commands' PATH. */
export function createKindDriver(paths: Paths, settings: Settings, env: NodeJS.ProcessEnv = process.env): Driver {
  const registry = `127.0.0.1:${settings.ports.registry}`;
  const ports: PortUse[] = [
    { key: 'router', address: '127.0.0.1', port: settings.ports.router },
    { key: 'registry', address: '127.0.0.1', port: settings.ports.registry },
  ];
  return {
    name: 'kind',
    summary: 'Kubernetes in Docker, by kind',
    localImages: false,
    tools: ['kubernetes'],
    commands: [],
    ports,
    kubeconfig: paths.kubeconfig,
    context: contextName,
    registry,
    hostAddress: () => gateway(env),
    check: (host) => check(host, ports),
    up,
    isPresent,
    down,
    publishImage: (_host, image) => pushArchive(registry, image),
  };
}

async function check(host: Host, ports: readonly PortUse[]): Promise<void> {
  await requireDocker(host.env);
  // Docker itself holds the ports of containers that already run.
  const commands = createCommands(host.env);
  const node = await inspectContainer(commands, nodeContainer);
  const registry = await inspectContainer(commands, registryContainer);
  const owner = registry?.labels['sluice.state'] ?? host.paths.state;
  if (owner !== host.paths.state) {
    throw new UserError(`this Docker has a platform already, with the state folder ${owner}`, {
      hint: `remove that one first: SLUICE_STATE=${owner} pnpm stop --purge`,
      exit: 'blocked',
    });
  }
  const held = { router: node?.running === true, registry: registry?.running === true };
  requirePorts(
    ports.filter(({ key }) => !held[key as keyof typeof held]),
    new Set(),
  );
}

async function up(host: Host): Promise<void> {
  const commands = createCommands(host.env, host.signal);
  await step(host, 'registry', () => startRegistry(host, commands));
  await step(host, 'cluster', () => startCluster(host, commands));
  await step(host, 'node ready', async () => {
    await settleCluster(host, commands);
    await connectRegistry(host, commands, nodeContainer);
    await writeKubeconfig(host, commands);
  });
  const { bin } = await host.tool('kubernetes');
  await linkTools(host.paths.bin, { kubectl: bin['kubectl'] ?? '' });
}

async function step(host: Host, title: string, work: () => Promise<void>): Promise<void> {
  const shown = host.progress.step(title);
  try {
    await work();
    shown.done();
  } catch (error) {
    shown.fail();
    throw error;
  }
}

async function isPresent(host: Host): Promise<boolean> {
  if (hasGuests(host)) return true;
  const commands = createCommands(host.env);
  for (const name of containers) {
    if ((await inspectContainer(commands, name).catch(() => undefined))?.running === true) return true;
  }
  return false;
}

/** Stops the containers; a purge removes them with the registry's volume and the network. */
async function down(host: Host, { purge }: { purge: Purge }): Promise<void> {
  await stopGuests(host);
  const commands = createCommands(host.env);
  const shown = host.progress.step(purge === 'none' ? 'stopping the containers' : 'removing the containers');
  if (purge === 'none') {
    for (const name of containers) {
      if ((await inspectContainer(commands, name))?.running === true) await commands.docker(['stop', name]);
    }
  } else {
    await deleteCluster(host, commands);
    if ((await inspectContainer(commands, registryContainer)) !== undefined) {
      await commands.docker(['rm', '--force', registryContainer]);
    }
    for (const [kind, name] of [
      ['volume', registryVolume],
      ['network', network],
    ] as const) {
      if ((await commands.tryDocker([kind, 'inspect', name])).code === 0) await commands.docker([kind, 'rm', name]);
    }
  }
  shown.done();
  await removeState(host, purge);
}

/** The host's own address on kind's network; the engine must run on this host, not in a virtual machine. */
async function gateway(env: NodeJS.ProcessEnv): Promise<string> {
  const text = await createCommands(env).docker(['network', 'inspect', network]);
  const [found] = JSON.parse(text) as { IPAM?: { Config?: { Gateway?: string }[] | null } }[];
  const addresses = (found?.IPAM?.Config ?? []).map((each) => each.Gateway?.split('/')[0] ?? '');
  const address = addresses.find((each) => /^\d+(\.\d+){3}$/.test(each));
  if (address !== undefined) return address;
  throw new UserError(`the Docker network ${network} has no IPv4 gateway, so pods cannot reach this host`, {
    hint: 'make it anew: pnpm stop --purge, then pnpm start',
  });
}
