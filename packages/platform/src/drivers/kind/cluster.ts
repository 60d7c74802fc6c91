import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { stringify } from 'yaml';
import { readIfThere, writeAtomically } from '../../files.ts';
import type { Host } from '../../platform.ts';
import type { Settings } from '../../settings.ts';
import { until } from '../../wait.ts';
import { contextName } from '../embedded/kubeconfigs.ts';
import { findContext, renderKubeconfig } from '../kubeconfig.ts';
import { inspectContainer, type Commands } from './docker.ts';

export const clusterName = 'sluice';
/** kind's name for the only node of the cluster. */
export const nodeContainer = `${clusterName}-control-plane`;

/** kubectl inside the node, as the cluster's administrator. */
const kubectl = ['exec', nodeContainer, 'kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf'];

/**
 * kind's configuration: one node, the router's port on 127.0.0.1 of this host, and containerd looking for registries in
 * /etc/containerd/certs.d, which nodes of kind 0.27 and later do by themselves.
 */
export function clusterConfig(settings: Settings): string {
  return stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    networking: { serviceSubnet: settings.network.services },
    containerdConfigPatches: [
      '[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"\n',
    ],
    nodes: [
      {
        role: 'control-plane',
        extraPortMappings: [
          {
            containerPort: settings.ports.router,
            hostPort: settings.ports.router,
            listenAddress: '127.0.0.1',
            protocol: 'TCP',
          },
        ],
      },
    ],
  });
}

/**
 * Creates the cluster, or starts the node that a stop has left; one whose creation was interrupted is made anew. Throws
 * UserError where a cluster of that name is not of this platform.
 */
export async function startCluster(host: Host, commands: Commands): Promise<void> {
  const config = clusterConfig(host.settings);
  const hash = createHash('sha256').update(config).digest('hex');
  const marker = markerOf(host);
  const made = (await readIfThere(marker))?.trim();
  const exists = (await commands.kind(['get', 'clusters'])).split('\n').includes(clusterName);
  if (exists && made === undefined) {
    throw new UserError(`kind has a cluster "${clusterName}" that is not of the platform in ${host.paths.state}`, {
      hint: `kind delete cluster --name ${clusterName} removes it with all that is in it; then run pnpm start`,
      exit: 'blocked',
    });
  }
  const node = await inspectContainer(commands, nodeContainer);
  if (exists && node !== undefined && made !== creating) {
    if (made !== hash) {
      throw new UserError(`the cluster "${clusterName}" of kind was made with other settings than now`, {
        hint: 'bring the old settings back, or make it anew: pnpm stop --purge, then pnpm start',
      });
    }
    if (!node.running) await commands.docker(['start', nodeContainer]);
  } else {
    await writeAtomically(marker, `${creating}\n`);
    await commands.kind(['delete', 'cluster', '--name', clusterName]);
    await commands.kind(['create', 'cluster', '--name', clusterName, '--config', '-', '--kubeconfig', draftOf(host)], {
      input: config,
      hint: `see: docker logs ${nodeContainer}; then run pnpm start again`,
    });
    await writeAtomically(marker, `${hash}\n`);
  }
}

/** Deletes the cluster, if it is this platform's. */
export async function deleteCluster(host: Host, commands: Commands): Promise<void> {
  if ((await readIfThere(markerOf(host))) === undefined) return;
  await commands.kind(['delete', 'cluster', '--name', clusterName]);
}

/** Waits for the node, and takes kubeadm's own CoreDNS away: every driver applies the one of infrastructure/. */
export async function settleCluster(host: Host, commands: Commands): Promise<void> {
  await until(
    `readiness of the node ${nodeContainer}`,
    async () => {
      await commands.docker([...kubectl, 'wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=5s']);
      return true;
    },
    { timeout: 180_000, signal: host.signal, hint: `see: docker logs ${nodeContainer}` },
  );
  const dns = ['--namespace', 'kube-system', '--ignore-not-found'];
  const imagePath = 'jsonpath={.spec.template.spec.containers[0].image}';
  const image = await commands.docker([...kubectl, 'get', 'deployment', 'coredns', ...dns, '--output', imagePath]);
  if (!image.startsWith('registry.k8s.io/')) return;
  await commands.docker([...kubectl, 'delete', 'deployment/coredns', 'service/kube-dns', 'configmap/coredns', ...dns]);
}

/** Writes the administrator's kubeconfig, its context under the name that every driver uses. */
export async function writeKubeconfig(host: Host, commands: Commands): Promise<void> {
  const text = await commands.kind(['get', 'kubeconfig', '--name', clusterName]);
  const access = findContext([{ file: '/kind', text }], `kind-${clusterName}`);
  await writeAtomically(host.paths.kubeconfig, renderKubeconfig(access, contextName), 0o600);
}

/** Stands in the marker until a creation has come to its end; before that a cluster is half of one. */
const creating = 'creating';

/** Says that the cluster is this platform's, and of which configuration it was made. */
function markerOf(host: Host): string {
  return join(host.paths.config, 'kind-cluster');
}

/** kind adds to the kubeconfig that it is given, so it gets one that nobody reads. */
function draftOf(host: Host): string {
  return join(host.paths.config, 'kind-kubeconfig');
}
