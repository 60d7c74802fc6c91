import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomically } from '../../files.ts';
import type { Settings } from '../../settings.ts';
import type { Paths } from '../../state.ts';
import { nodeConfigFolder } from './layout.ts';

/** Equal to Argo CD's own name for the cluster that it runs in. */
export const contextName = 'in-cluster';

/** Where the API server answers. */
export function apiUrl(settings: Settings): string {
  return `https://${settings.node.address}:${settings.ports.api}`;
}

/** The kubeconfig of one of the cluster's own processes. */
export function kubeconfigOf(paths: Paths, who: string): string {
  return join(nodeConfigFolder(paths), `${who}.kubeconfig`);
}

/** Writes the kubeconfigs of the processes and the admin's, all mode 600. */
export async function writeKubeconfigs(paths: Paths, settings: Settings): Promise<void> {
  for (const who of ['controller-manager', 'scheduler', 'kube-proxy', 'kube-router', 'kubelet-client']) {
    await writeAtomically(kubeconfigOf(paths, who), await render(paths, settings, who), 0o600);
  }
  await writeAtomically(paths.kubeconfig, await render(paths, settings, 'admin'), 0o600);
}

/** Certificates are inside, so that the file works wherever it is copied. */
async function render(paths: Paths, settings: Settings, who: string): Promise<string> {
  const embed = async (file: string): Promise<string> => (await readFile(join(paths.pki, file))).toString('base64');
  const user = {
    'client-certificate-data': await embed(`${who}.crt`),
    'client-key-data': await embed(`${who}.key`),
  };
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': contextName,
      clusters: [
        {
          name: contextName,
          cluster: { server: apiUrl(settings), 'certificate-authority-data': await embed('ca.crt') },
        },
      ],
      users: [{ name: who, user }],
      contexts: [{ name: contextName, context: { cluster: contextName, user: who } }],
    },
    { lineWidth: 0 },
  );
}
