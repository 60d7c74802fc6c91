import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { mayConnect, outside, type End, type NetworkPolicy, type Pod, type Rule } from '../test/connections.ts';
import { buildKustomization } from '../test/kustomize.ts';
import { connections, namespaces, refused } from './connections.ts';

/** Namespaces without policies of ours, and why. */
const open: Record<string, string> = {
  'kube-system': 'is the cluster’s: DNS and what every node needs is asked by everybody',
  admission: 'has no pods',
  argocd: 'has the policies of upstream',
  pipeline: 'has no pods',
};

async function built(folder: string, namespace?: string): Promise<NetworkPolicy[]> {
  const policies = (await buildKustomization(folder)).filter(({ kind }) => kind === 'NetworkPolicy') as NetworkPolicy[];
  return policies.map((each) => ({
    ...each,
    metadata: { ...each.metadata, namespace: each.metadata.namespace ?? namespace ?? '' },
  }));
}

const ours = await built('infrastructure/network');
const [storefront, catalog, tenants] = await Promise.all([
  built('apps/storefront/overlays/prod', 'storefront-prod'),
  built('apps/catalog/overlays/prod', 'catalog-prod'),
  built('infrastructure/tenant', 'tenant-ann'),
]);
const all = [...ours, ...storefront, ...catalog, ...tenants];

const labels: Record<string, Record<string, string>> = {
  'storefront-prod': { 'sluice.dev/workloads': 'apps' },
  'catalog-prod': { 'sluice.dev/workloads': 'apps' },
  'tenant-ann': { 'sluice.dev/tenant': 'true' },
};

/** An end by its name: `namespace/app`, an address, or `outside`. */
function end(name: string): End {
  const [namespace = '', app = ''] = name.split('/');
  if (name === outside) return outside;
  if (isIP(name) !== 0) return { address: name };
  const pod: Pod = {
    namespace: { name: namespace, labels: labels[namespace] ?? {} },
    labels: { 'app.kubernetes.io/name': app, ...(app === 'dns' ? { 'k8s-app': 'kube-dns' } : {}) },
  };
  return pod;
}

function missing(policies: readonly NetworkPolicy[]): string[] {
  return connections
    .filter(([from, to, port]) => !mayConnect(policies, end(from), end(to), port))
    .map((each) => each.join(' '));
}

/** Namespaces of `wanted` that are not closed in both directions. */
function notClosed(policies: readonly NetworkPolicy[], wanted: readonly string[]): string[] {
  return wanted.filter((name) =>
    ['Ingress', 'Egress'].some(
      (type) =>
        !policies.some(
          ({ metadata, spec }) =>
            metadata.namespace === name && spec.policyTypes.includes(type) && JSON.stringify(spec.podSelector) === '{}',
        ),
    ),
  );
}

describe('the policies of what the clusters have', () => {
  it.each(['nonprod', 'prod'])('close every namespace of %s, and name none that is not there', async (cluster) => {
    const applications = (await buildKustomization(`infrastructure/clusters/${cluster}`)) as unknown as {
      spec: { destination: { namespace: string } };
    }[];
    const there = [...new Set(applications.map(({ spec }) => spec.destination.namespace))];
    const wanted = there.filter((name) => !Object.hasOwn(open, name)).toSorted();

    expect(notClosed(ours, wanted)).toEqual([]);
    expect(namespaces.toSorted()).toEqual(wanted);
  });

  it.each(connections)('let %s reach %s on %s', (from, to, port) => {
    expect(mayConnect(all, end(from), end(to), port)).toBe(true);
  });

  it.each(refused)('keep %s from %s on %s', (from, to, port) => {
    expect(mayConnect(all, end(from), end(to), port)).toBe(false);
    expect(mayConnect([], end(from), end(to), port)).toBe(true);
  });

  it('are noticed when one is gone', () => {
    for (const name of namespaces) {
      const without = ours.filter(({ metadata }) => metadata.namespace !== name);
      expect(notClosed(without, namespaces)).toEqual([name]);
    }
  });

  it('let nothing through that nobody here needs: without any part of theirs something is missing', () => {
    // Who asks for names anywhere asks for them here, too.
    const rules = ours
      .filter(({ metadata }) => metadata.name !== 'closed')
      .flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])]);
    const changed = (rule: Rule, into: Rule | undefined): NetworkPolicy[] => {
      const other = (each: Rule): Rule | [] => (each === rule ? (into ?? []) : each);
      return all.map((each) => {
        const { ingress = [], egress = [], ...spec } = each.spec;
        return { ...each, spec: { ...spec, ingress: ingress.flatMap(other), egress: egress.flatMap(other) } };
      });
    };

    expect(rules.length).toBeGreaterThan(40);
    for (const rule of rules)
      for (const into of smaller(rule))
        expect(missing(changed(rule, into)), JSON.stringify([rule, into])).not.toEqual([]);
  });
});

/** Without the rule, and the rule without each port and each peer, where it has several. */
function smaller(rule: Rule): (Rule | undefined)[] {
  const shorter = (['ports', 'from', 'to'] as const).flatMap((key) => {
    const list: readonly object[] = rule[key] ?? [];
    return list.length < 2 ? [] : list.map((gone) => ({ ...rule, [key]: list.filter((each) => each !== gone) }));
  });
  return [undefined, ...shorter];
}
