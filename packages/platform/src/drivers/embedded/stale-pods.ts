import { request } from 'node:https';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../platform.ts';
import { apiUrl } from './kubeconfigs.ts';

interface PodList {
  items: {
    metadata: { name: string; namespace: string };
    status: { phase?: string; conditions?: { type: string; status: string }[] };
  }[];
}

/**
 * After a stop the API still calls every pod ready. Takes that back before the kubelet starts, so that nobody,
 * Argo CD included, believes in a pod before the kubelet has it running again and says so.
 */
export async function forgetReadiness(host: Host): Promise<void> {
  const api = await createApi(host);
  const { items } = JSON.parse(await api('GET', '/api/v1/pods')) as PodList;
  const ready = items.filter(({ status }) =>
    status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
  );
  const patch = JSON.stringify({
    status: {
      conditions: ['Ready', 'ContainersReady'].map((type) => ({ type, status: 'False', reason: 'PlatformStopped' })),
    },
  });
  await Promise.all(
    ready.map(async ({ metadata }) => {
      await api('PATCH', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/status`, patch);
    }),
  );
}

async function createApi(host: Host): Promise<(method: string, path: string, body?: string) => Promise<string>> {
  const { pki } = host.paths;
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', 'admin.crt', 'admin.key'].map(async (file) => await readFile(join(pki, file))),
  );
  const headers = { 'content-type': 'application/strategic-merge-patch+json' };
  return async (method, path, body) =>
    await new Promise((resolve, reject) => {
      const sent = request(`${apiUrl(host.settings)}${path}`, { ca, cert, key, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => {
          const code = response.statusCode ?? 0;
          // A pod that was deleted meanwhile needs no correction.
          if (code < 300 || code === 404) resolve(text);
          else reject(new Error(`${method} ${path}: ${code} ${text}`));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
}
