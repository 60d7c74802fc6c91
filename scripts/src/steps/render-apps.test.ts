import { describe, expect, it } from 'vitest';
import { amount, ofKind, rendered, theOnly, workloadKind, type Resources } from '../../test/rendered.ts';
import { isProduction, shippedCells } from '../../test/shipped-apps.ts';

describe.for(shippedCells)('$app in $environment', ({ app, environment }) => {
  it('may lose one pod to a drain, whatever it has', async () => {
    const objects = await rendered(app, environment);
    const { spec } = theOnly(objects, workloadKind);
    const scaler = ofKind(objects, 'HorizontalPodAutoscaler')[0]?.spec;
    const fewest = scaler?.minReplicas ?? spec.replicas ?? 1;

    expect(theOnly(objects, /^PodDisruptionBudget$/).spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
    expect(fewest).toBeGreaterThanOrEqual(isProduction(environment) ? 2 : 1);
  });

  it('fits its quota at its largest, with as many pods of the next version', async () => {
    const objects = await rendered(app, environment);
    const { spec } = theOnly(objects, workloadKind);
    const most = ofKind(objects, 'HorizontalPodAutoscaler')[0]?.spec.maxReplicas ?? spec.replicas ?? 1;
    const [{ requests, limits }] = spec.template.spec.containers.map(({ resources }) => resources) as [Resources];
    const { hard } = theOnly(objects, /^ResourceQuota$/).spec;

    expect(ofKind(objects, 'LimitRange')).toHaveLength(1);
    for (const resource of ['cpu', 'memory'] as const) {
      expect(amount(hard[`requests.${resource}`] ?? '')).toBeGreaterThanOrEqual(2 * most * amount(requests[resource]));
      expect(amount(hard[`limits.${resource}`] ?? '')).toBeGreaterThanOrEqual(2 * most * amount(limits[resource]));
    }
    expect(Number(hard['pods'])).toBeGreaterThanOrEqual(2 * most + 2);
    expect(amount(limits.memory) / amount(requests.memory)).toBe(1.5);
  });

  it('opens to the host and port of every app that it calls, and that app to it', async () => {
    const objects = await rendered(app, environment);
    const urls = ofKind(objects, 'ConfigMap').flatMap(({ data }) => Object.values(data ?? {}));
    const called = urls.flatMap((url) => [...url.matchAll(/^http:\/\/([a-z-]+)\.([a-z-]+)\.svc\.cluster\.local$/g)]);
    for (const [, callee = '', namespace = ''] of called) {
      const callees = await rendered(callee, environment);

      expect(callees[0]?.metadata.namespace).toBe(namespace);
      expect(theOnly(objects, /^NetworkPolicy$/, `to-${callee}`).spec.egress).toEqual([
        { to: [peer(namespace)], ports: [http] },
      ]);
      expect(theOnly(callees, /^NetworkPolicy$/, `from-${app}`).spec.ingress).toEqual([
        { from: [peer(objects[0]?.metadata.namespace ?? '')], ports: [http] },
      ]);
    }
    expect(called).toHaveLength(app === 'storefront' ? 1 : 0);
  });

  it('lets nobody in or out by another name of a namespace than the one that it always has', async () => {
    const policies = ofKind(await rendered(app, environment), 'NetworkPolicy').map(({ spec }) => spec);
    const rules = policies.flatMap(({ ingress = [], egress = [] }) => [
      ...ingress.map(({ from }) => from),
      ...egress.map(({ to }) => to),
    ]);

    expect(policies.some(({ policyTypes }) => policyTypes.length === 2)).toBe(true);
    // The cache of names on the node is in no namespace.
    const inNamespaces = rules.flat().filter(({ ipBlock }) => ipBlock?.cidr !== '169.254.20.10/32');
    for (const { namespaceSelector, ipBlock } of inNamespaces) {
      expect(ipBlock).toBeUndefined();
      expect(Object.keys(namespaceSelector?.matchLabels ?? {})).toEqual(['kubernetes.io/metadata.name']);
    }
  });
});

it('all environments of all apps ask for less than 0.8 processors together', async () => {
  let asked = 0;
  for (const { app, environment } of shippedCells) {
    const objects = await rendered(app, environment);
    const { spec } = theOnly(objects, workloadKind);
    const pods = ofKind(objects, 'HorizontalPodAutoscaler')[0]?.spec.minReplicas ?? spec.replicas ?? 1;
    asked += pods * amount(spec.template.spec.containers[0]?.resources.requests.cpu ?? '');
  }

  expect(asked).toBeLessThan(0.8);
});

const http = { protocol: 'TCP', port: 8080 };

function peer(namespace: string): object {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}
