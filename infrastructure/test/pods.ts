import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject } from '@sluice/apiserver';
import { parse } from 'yaml';
import { root } from './kustomize.ts';

/** What the policies look at of a container; anything may be missing or wrong. */
interface Container {
  name: string;
  image: string;
  resources?: object;
  securityContext: { runAsUser?: number; allowPrivilegeEscalation?: boolean; capabilities?: { drop: string[] } };
  ports?: { containerPort: number; hostPort?: number }[];
}

export interface Pod {
  metadata: { labels: Record<string, string> };
  spec: {
    containers: Container[];
    initContainers: Container[];
    securityContext: { runAsNonRoot?: boolean };
    volumes?: object[];
    [field: string]: unknown;
  };
}

export const kinds = ['Pod', 'Deployment', 'Rollout', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'] as const;
export type Kind = (typeof kinds)[number];

/** Where the images of apps are, which every cluster allows. */
export const { registry } = parse(readFileSync(join(root, 'gitops.config.yaml'), 'utf8')) as { registry: string };
export const digest = `sha256:${'0'.repeat(64)}`;

/** A pod that breaks no rule. */
export function podOf(): Pod {
  return {
    metadata: {
      labels: { 'app.kubernetes.io/name': 'web', environment: 'prod', team: 'shop', 'cost-center': 'sales' },
    },
    spec: {
      securityContext: { runAsNonRoot: true },
      containers: [containerOf('app', 'web')],
      initContainers: [containerOf('migrate', 'migrate')],
    },
  };
}

function containerOf(name: string, image: string): Container {
  const resources = { cpu: '100m', memory: '64Mi' };
  return {
    name,
    image: `${registry}/${image}@${digest}`,
    resources: { requests: resources, limits: resources },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
}

/** The object of a kind that makes such pods. */
export function wrap(pod: Pod, kind: Kind): KubernetesObject {
  return { kind, metadata: { name: 'web', labels: pod.metadata.labels }, ...shapes[kind](pod) };
}

const shapes: Record<Kind, (pod: Pod) => { apiVersion: string; spec: object }> = {
  Pod: ({ spec }) => ({ apiVersion: 'v1', spec }),
  Deployment: (pod) => ({ apiVersion: 'apps/v1', spec: selecting(pod) }),
  DaemonSet: (pod) => ({ apiVersion: 'apps/v1', spec: selecting(pod) }),
  StatefulSet: (pod) => ({ apiVersion: 'apps/v1', spec: { ...selecting(pod), serviceName: 'web' } }),
  Rollout: (pod) => ({ apiVersion: 'argoproj.io/v1alpha1', spec: { ...selecting(pod), strategy: { canary: {} } } }),
  Job: (pod) => ({ apiVersion: 'batch/v1', spec: { template: once(pod) } }),
  CronJob: (pod) => ({
    apiVersion: 'batch/v1',
    spec: { schedule: '5 4 * * *', jobTemplate: { spec: { template: once(pod) } } },
  }),
};

function selecting(pod: Pod): object {
  return { selector: { matchLabels: pod.metadata.labels }, template: pod };
}

function once(pod: Pod): Pod {
  return { ...pod, spec: { ...pod.spec, restartPolicy: 'Never' } };
}
