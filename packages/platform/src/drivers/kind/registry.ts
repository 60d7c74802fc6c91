import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { parse } from 'yaml';
import type { Host } from '../../platform.ts';
import { until } from '../../wait.ts';
import { inspectContainer, network, type Commands } from './docker.ts';

export const registryContainer = 'sluice-registry';
export const registryVolume = 'sluice-registry';

/** The port that the registry's image listens on. */
const inside = 5000;

/** Starts the registry on 127.0.0.1 of this host; its images are in a volume and outlive the container. */
export async function startRegistry(host: Host, commands: Commands): Promise<void> {
  const { port, image, settings } = { port: host.settings.ports.registry, ...(await wanted(host)) };
  const found = await inspectContainer(commands, registryContainer);
  if (found !== undefined && found.labels['sluice.settings'] !== settings) {
    await commands.docker(['rm', '--force', registryContainer]);
  }
  if (found?.labels['sluice.settings'] !== settings) {
    const labels = [`--label=sluice.settings=${settings}`, `--label=sluice.state=${host.paths.state}`];
    const publish = `--publish=127.0.0.1:${port}:${inside}`;
    const volume = `--volume=${registryVolume}:/var/lib/registry`;
    await commands.docker(['run', '--detach', `--name=${registryContainer}`, ...labels, publish, volume, image], {
      hint: `the registry needs port ${port} of 127.0.0.1 (ports.registry) and the image ${image}`,
    });
  } else if (!found.running) await commands.docker(['start', registryContainer]);
  await until(
    `an answer of the registry on 127.0.0.1:${port}`,
    async () => ((await fetch(`http://127.0.0.1:${port}/v2/`)).ok ? true : undefined),
    { timeout: 60_000, signal: host.signal, hint: `see: docker logs ${registryContainer}` },
  );
}

/**
 * Makes the node pull `127.0.0.1:<port>/...` from the registry's container, since 127.0.0.1 is the node itself there:
 * https://kind.sigs.k8s.io/docs/user/local-registry/
 */
export async function connectRegistry(host: Host, commands: Commands, node: string): Promise<void> {
  const found = await inspectContainer(commands, registryContainer);
  if (found?.networks.includes(network) !== true) {
    await commands.docker(['network', 'connect', network, registryContainer]);
  }
  const folder = `/etc/containerd/certs.d/127.0.0.1:${host.settings.ports.registry}`;
  await commands.docker(['exec', node, 'mkdir', '-p', folder]);
  await commands.docker(['exec', '--interactive', node, 'cp', '/dev/stdin', `${folder}/hosts.toml`], {
    input: `[host."http://${registryContainer}:${inside}"]\n`,
  });
}

async function wanted(host: Host): Promise<{ image: string; settings: string }> {
  const file = join(host.root, 'infrastructure/local/kind.yaml');
  const value = parse(await readFile(file, 'utf8')) as { registry?: unknown } | null;
  const image = value?.registry;
  if (typeof image !== 'string' || image === '') {
    throw new UserError(`${file} names no image for the registry`, { hint: 'give it as registry: <image>:<tag>' });
  }
  return { image, settings: `${image} ${host.settings.ports.registry}` };
}
