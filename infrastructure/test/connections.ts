import { BlockList } from 'node:net';
import type { KubernetesObject } from '@sluice/apiserver';

type Labels = Record<string, string>;

interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Peer {
  namespaceSelector?: Selector;
  podSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
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

/** A node's own address, which no policy here is about and which only an `ipBlock` lets through where somebody is named. */
export interface Host {
  address: string;
}

/** What has no pods: the API server, clouds, users. No policy here is about it, so it is let through where nobody is named. */
export const outside = 'outside';
export type End = Pod | Host | typeof outside;

/** Whether policies let one end reach a port of the other: both have to, the one outwards, the other inwards. */
export function mayConnect(policies: readonly NetworkPolicy[], from: End, to: End, port: string): boolean {
  return isLet(policies, 'egress', from, to, port) && isLet(policies, 'ingress', to, from, port);
}

function isLet(policies: readonly NetworkPolicy[], way: 'ingress' | 'egress', own: End, other: End, port: string) {
  if (!isPod(own)) return true;
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
    (peers === undefined || peers.some((peer) => isPeer(peer, own, other)))
  );
}

function isPod(end: End): end is Pod {
  return end !== outside && 'namespace' in end;
}

function isPeer({ namespaceSelector, podSelector, ipBlock }: Peer, own: Pod, other: End): boolean {
  if (other === outside) return false;
  if (!isPod(other)) return ipBlock !== undefined && holds(ipBlock, other.address);
  // Addresses of pods are nobody's to know.
  if (ipBlock !== undefined) return false;
  const there =
    namespaceSelector === undefined
      ? other.namespace.name === own.namespace.name
      : selects(namespaceSelector, {
          ...other.namespace.labels,
          'kubernetes.io/metadata.name': other.namespace.name,
        });
  return there && selects(podSelector ?? {}, other.labels);
}

function holds({ cidr, except = [] }: { cidr: string; except?: string[] }, address: string): boolean {
  const within = (network: string): boolean => {
    const [first = '', bits] = network.split('/');
    const list = new BlockList();
    list.addSubnet(first, Number(bits));
    return list.check(address);
  };
  return within(cidr) && !except.some(within);
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
