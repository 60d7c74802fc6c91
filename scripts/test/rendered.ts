import { parseAllDocuments } from 'yaml';
import type { Strategy } from '../src/core/config.ts';
import { renderApp, shipped, shippedConfig } from './shipped-apps.ts';

/** An object of a rendering, as deep as the tests look into it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; labels?: Labels; annotations?: Labels };
  spec: Spec;
  data?: Labels;
}

export type Labels = Record<string, string>;

interface Spec {
  replicas?: number;
  minReadySeconds: number;
  progressDeadlineSeconds: number;
  progressDeadlineAbort?: boolean;
  strategy: { type?: string; rollingUpdate?: object; canary?: { steps: object[] }; blueGreen?: object };
  template: { metadata: { labels: Labels }; spec: PodSpec };
  selector: Labels & { matchLabels: Labels };
  podSelector: { matchLabels?: Labels };
  policyTypes: string[];
  ingress?: { from: Peer[]; ports: Port[] }[];
  egress?: { to: Peer[]; ports: Port[] }[];
  scaleTargetRef: { apiVersion: string; kind: string; name: string };
  minReplicas: number;
  maxReplicas: number;
  metrics: object[];
  maxUnavailable: number;
  hard: Record<string, string>;
  routes: { match: string; services?: { kind: string; name: string }[] }[];
}

interface PodSpec {
  priorityClassName?: string;
  containers: Container[];
  topologySpreadConstraints: {
    topologyKey: string;
    whenUnsatisfiable: string;
    labelSelector: { matchLabels: Labels };
  }[];
}

interface Container {
  image: string;
  env: { name: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  resources: Resources;
}

export interface Resources {
  requests: Amounts;
  limits: Amounts;
}

interface Amounts {
  cpu: string;
  memory: string;
}

interface Peer {
  namespaceSelector?: { matchLabels: Labels };
  ipBlock?: { cidr: string };
  podSelector?: { matchLabels: Labels };
}

interface Port {
  port: number;
  protocol?: string;
}

/** What an app renders to in an environment, with another strategy or from other files where these are given. */
export async function rendered(
  app: string,
  environment: string,
  strategy?: Strategy,
  files = shipped,
): Promise<Manifest[]> {
  const text = await renderApp(files, shippedConfig, app, environment, { strategy });
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

export function ofKind(objects: readonly Manifest[], kind: string): Manifest[] {
  return objects.filter((each) => each.kind === kind);
}

/** The only object of a kind, with its name where there are several. Throws where it is missing. */
export function theOnly(objects: readonly Manifest[], kind: RegExp, name?: string): Manifest {
  const found = objects.filter((each) => kind.test(each.kind) && (name === undefined || each.metadata.name === name));
  const [object] = found;
  if (object === undefined || found.length > 1) throw new Error(`${found.length} of kind ${kind.source} ${name ?? ''}`);
  return object;
}

export const workloadKind = /^(Deployment|Rollout)$/;

/** A quantity of Kubernetes as a number: of processors, or of bytes. */
export function amount(quantity: string): number {
  const [, value = '', unit = ''] = /^([\d.]+)(m|Mi|Gi)?$/.exec(quantity) ?? [];
  const scale: Record<string, number> = { m: 1e-3, Mi: 2 ** 20, Gi: 2 ** 30 };
  return Number(value) * (scale[unit] ?? 1);
}
