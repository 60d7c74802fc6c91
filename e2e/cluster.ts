import { eventually, type Lab } from './lab.ts';

interface Pod {
  metadata: { name: string; creationTimestamp: string; deletionTimestamp?: string; labels: Record<string, string> };
  spec: { containers: { image: string }[] };
  status: { podIP: string; conditions?: { type: string; status: string }[] };
}

/** The pods of a namespace that nobody has deleted; `selector` as kubectl takes it. */
export async function pods(lab: Lab, namespace: string, selector = ''): Promise<Pod[]> {
  const { items } = await lab.json<{ items: Pod[] }>('-n', namespace, 'get', 'pods', '-l', selector);
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export async function podDigests(lab: Lab, namespace: string): Promise<string[]> {
  const running = await pods(lab, namespace);
  return [...new Set(running.map(({ spec }) => spec.containers[0]?.image.split('@')[1] ?? ''))];
}

export async function readyPods(lab: Lab, namespace: string): Promise<number> {
  return (await pods(lab, namespace, 'app.kubernetes.io/name')).filter(isReady).length;
}

function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** Deletes a pod that runs a digest, and waits until another one with it is Ready in its place. */
export async function replacePod(lab: Lab, namespace: string, digest: string): Promise<void> {
  const list = async (): Promise<Pod[]> =>
    (await pods(lab, namespace)).filter(({ spec }) => spec.containers.some(({ image }) => image.includes(digest)));
  const before = await list();
  const [pod] = before;
  if (pod === undefined) throw new Error(`no pod in ${namespace} runs ${digest}`);
  await lab.kubectl('-n', namespace, 'delete', 'pod', pod.metadata.name, '--wait=false');
  const known = new Set(before.map(({ metadata }) => metadata.name));
  await eventually('a Ready pod of the same release in its place', 90, async () =>
    (await list()).some((each) => !known.has(each.metadata.name) && isReady(each)),
  );
}

/** Where a Service answers within the cluster and on its node. */
export async function clusterAddress(lab: Lab, namespace: string, service: string): Promise<string> {
  const { spec } = await lab.json<{ spec: { clusterIP: string; ports: { name: string; port: number }[] } }>(
    '-n',
    namespace,
    'get',
    'service',
    service,
  );
  return `${spec.clusterIP}:${spec.ports.find(({ name }) => name === 'http')?.port}`;
}

/** Whether anything answers at an address, asked by a pod that has the Node.js of the services. */
export async function reaches(lab: Lab, namespace: string, pod: string, address: string): Promise<boolean> {
  const script = `fetch(${JSON.stringify(address)}, { redirect: 'manual', signal: AbortSignal.timeout(5000) })
    .then(() => 'answered', () => 'nothing').then(console.log)`;
  return (await lab.kubectl('-n', namespace, 'exec', pod, '--', '/nodejs/bin/node', '-e', script)).includes('answered');
}

/** The percentage of its traffic that an app's canary has. */
export async function canaryWeight(lab: Lab, namespace: string): Promise<number> {
  const { items } = await lab.json<{
    items: { spec: { weighted: { services: { name: string; weight: number }[] } } }[];
  }>('-n', namespace, 'get', 'traefikservices');
  return items[0]?.spec.weighted.services.find((each) => each.name.endsWith('-canary'))?.weight ?? 0;
}

/** How Argo CD syncs an application by itself, or null for not at all. */
export async function setAutomated({ kubectl }: Lab, application: string, automated: object | null): Promise<void> {
  const patch = JSON.stringify({ spec: { syncPolicy: { automated } } });
  await kubectl('-n', 'argocd', 'patch', 'application', application, '--type=merge', `--patch=${patch}`);
}

/** Has Argo CD look at an object of its own again by an annotation, which it takes away when it has. */
export async function refreshed(lab: Lab, object: string, annotation: string): Promise<void> {
  await lab.kubectl('-n', 'argocd', 'annotate', object, '--overwrite', annotation);
  const [name = ''] = annotation.split('=');
  await eventually(`a refresh of ${object}`, 60, async () => {
    const { metadata } = await lab.json<{ metadata: { annotations?: object } }>('-n', 'argocd', 'get', object);
    return !Object.hasOwn(metadata.annotations ?? {}, name);
  });
}
