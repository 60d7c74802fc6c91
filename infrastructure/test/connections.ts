import type { KubernetesObject } from '@sluice/apiserver';

type Labels = Record<string, string>;

interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Peer {
  namespaceSelector?: Selector;
  podSelector?: Selector;
  ipBlock?: object;
}

export interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { protocol?: string; port: number }[];
}

/** A NetworkPolicy, as far as the policies here go: ports are numbers, and what has no pods is everybody's. */
export interface NetworkPolicy extends KubernetesObject {
  metadata: { name: string; namespace: string };
  spec: { podSelector: Selector; policyTypes: string[]; ingress?: Rule[]; egress?: Rule[] };
}

/** One end of a connection. */
export interface Pod {
  namespace: { name: string; labels: Labels };
  labels: Labels;
}

/** What has no pods: the API server, clouds, users. No policy here is about it, so it is let through where nobody is named. */
export const outside = 'outside';
export type End = Pod | typeof outside;

/** Whether policies let one end reach a port of the other: both have to, the one outwards, the other inwards. */
export function mayConnect(policies: readonly NetworkPolicy[], from: End, to: End, port: string): boolean {
  return isLet(policies, 'egress', from, to, port) && isLet(policies, 'ingress', to, from, port);
}

function isLet(policies: readonly NetworkPolicy[], way: 'ingress' | 'egress', own: End, other: End, port: string) {
  if (own === outside) return true;
  const about = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === own.namespace.name &&
      spec.policyTypes.includes(way === 'ingress' ? 'Ingress' : 'Egress') &&
      selects(spec.podSelector, own.labels),
  );
  return about.length === 0 || about.some(({ spec }) => (spec[way] ?? []).some((rule) => lets(rule, own, other, port)));
}

function lets({ from, to, ports }: Rule, own: Pod, other: End, port: string): boolean {
  const peers = from ?? to;
  return (
    (ports === undefined || ports.some((each) => `${each.protocol ?? 'TCP'}/${each.port}` === port)) &&
    (peers === undefined || peers.some((peer) => other !== outside && isPeer(peer, own, other)))
  );
}

function isPeer({ namespaceSelector, podSelector }: Peer, own: Pod, other: Pod): boolean {
  const there =
    namespaceSelector === undefined
      ? other.namespace.name === own.namespace.name
      : selects(namespaceSelector, {
          ...other.namespace.labels,
          'kubernetes.io/metadata.name': other.namespace.name,
        });
  return there && selects(podSelector ?? {}, other.labels);
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator !== 'In') throw new Error(`the operator ${operator} is not known here`);
      return values.includes(labels[key] ?? '');
    })
  );
}
