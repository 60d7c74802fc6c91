import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { astray, missing } from '../../test/rendered-names.ts';
import { ofKind, rendered, theOnly, workloadKind } from '../../test/rendered.ts';
import { root, shipped, shippedWith } from '../../test/shipped-apps.ts';
import { strategies, workloadKindOf } from '../core/strategy.ts';

/** An app as production has it, under names that a cell of its own gives everything. */
function renamed(files: Record<string, string>, app: string): Record<string, string> {
  const path = `apps/${app}/overlays/prod/kustomization.yaml`;
  return { ...files, [path]: `${files[path] ?? ''}namePrefix: eu-\n` };
}

describe.for(strategies)('the strategy %s', (strategy) => {
  const files = shippedWith('storefront', { base: ['autoscaling/requests'] });
  const path = 'apps/storefront/overlays/prod/kustomization.yaml';
  files[path] = files[path]?.replace(/replicas:\n {2}- name: storefront\n {4}count: \d\n/, '') ?? '';

  it('has every name follow where an overlay gives others, and where a hash is added', async () => {
    const objects = await rendered('storefront', 'prod', strategy, renamed(files, 'storefront'));
    const names = objects.map(({ metadata }) => metadata.name);

    expect(missing(objects)).toEqual([]);
    expect(names.filter((name) => !name.startsWith('eu-'))).toEqual([]);
    expect(names).toContainEqual(expect.stringMatching(/^eu-storefront-[2456789bcdfghkmt]{10}$/));
  });

  it('has every selector mean the pods that it makes', async () => {
    expect(astray(await rendered('storefront', 'prod', strategy, renamed(files, 'storefront')))).toEqual([]);
  });

  it('labels pods with what they are, whose they are, where they are and who pays', async () => {
    const { spec } = theOnly(await rendered('storefront', 'prod', strategy), workloadKind);

    expect(spec.template.metadata.labels).toEqual({
      'app.kubernetes.io/name': 'storefront',
      'app.kubernetes.io/version': '0123456789ab-1',
      environment: 'prod',
      team: 'apps',
      'cost-center': 'shop',
    });
  });

  it('is of the kind that a retirement waits for the end of', async () => {
    expect(theOnly(await rendered('storefront', 'prod', strategy), workloadKind).kind).toBe(workloadKindOf(strategy));
  });

  it('is scaled as the kind that it is, and says no number of pods where an autoscaler does', async () => {
    const objects = await rendered('storefront', 'prod', strategy, files);
    const { apiVersion, kind, metadata, spec } = theOnly(objects, workloadKind);
    const { scaleTargetRef, metrics } = theOnly(objects, /^HorizontalPodAutoscaler$/).spec;

    expect(scaleTargetRef).toEqual({ apiVersion, kind, name: metadata.name });
    expect(spec.replicas).toBeUndefined();
    expect(metrics).toHaveLength(2);
  });

  it('takes the number of pods, the priority and the zones of an overlay', async () => {
    const strict = shippedWith('storefront', { prod: ['spread/zones'] });
    const objects = await rendered('storefront', 'prod', strategy, strict);
    const { spec } = theOnly(objects, workloadKind);

    for (const service of ofKind(objects, 'Service'))
      expect(service.spec).toMatchObject({ trafficDistribution: 'PreferSameZone' });
    expect(spec.replicas).toBe(3);
    expect(spec.template.spec.priorityClassName).toBe('sluice-critical');
    expect(spec.template.spec.topologySpreadConstraints.map((each) => each.whenUnsatisfiable)).toEqual([
      'DoNotSchedule',
      'ScheduleAnyway',
    ]);
  });
});

describe('strategies', () => {
  it('are the folders of their components', () => {
    const folders = readdirSync(join(root, 'apps/components/strategies'));

    expect(folders.toSorted()).toEqual([...strategies].toSorted());
  });

  it('end by themselves where they make no progress, if they are judged by Argo Rollouts', async () => {
    const workloads = await Promise.all(
      strategies.map(async (each) => theOnly(await rendered('storefront', 'prod', each), workloadKind)),
    );
    const rollouts = workloads.filter(({ kind }) => kind === 'Rollout');

    expect(rollouts.map(({ spec }) => spec.progressDeadlineAbort)).toEqual(rollouts.map(() => true));
    expect(rollouts).toHaveLength(4);
  });

  it('never go below what was asked for in a rolling update, and see each new pod stay ready', async () => {
    const { spec } = theOnly(await rendered('orders', 'prod', 'rolling'), workloadKind);

    expect(spec).toMatchObject({ minReadySeconds: 10, progressDeadlineSeconds: 600 });
    expect(spec.strategy.rollingUpdate).toEqual({ maxSurge: '25%', maxUnavailable: 0 });
    expect(theOnly(await rendered('orders', 'prod', 'recreate'), workloadKind).spec.strategy).toEqual({
      type: 'Recreate',
    });
  });

  it('judge a slow canary after each of its weights, the longer the more it has', async () => {
    const { spec } = theOnly(await rendered('storefront', 'prod', 'canary-slow'), workloadKind);
    const steps = (spec.strategy.canary?.steps ?? []) as { setWeight?: number; pause?: { duration: string } }[];

    expect(steps.map((each) => each.setWeight ?? each.pause?.duration ?? Object.keys(each)[0])).toEqual([
      5,
      '2m',
      'analysis',
      20,
      '5m',
      'analysis',
      50,
      '10m',
      'analysis',
    ]);
  });

  it('lead the header to new pods on the host that the overlay sets, and everybody else to the weights', async () => {
    const routes = ofKind(await rendered('storefront', 'prod', 'canary-header'), 'IngressRoute');

    expect(routes.map(({ spec }) => spec.routes)).toEqual([
      [{ kind: 'Rule', match: 'Host(`storefront.localhost`)' }],
      [
        expect.objectContaining({
          match: 'PathPrefix(`/`)',
          services: [{ kind: 'TraefikService', name: 'storefront' }],
        }),
        expect.objectContaining({
          match: 'Header(`X-Canary`, `always`)',
          services: [{ kind: 'Service', name: 'storefront-canary', port: 'http' }],
        }),
      ],
    ]);
  });

  it('would be found out where a name did not follow, or a selector meant no pod', async () => {
    const fields = 'apps/components/rollout/fields.yaml';
    const forgotten = { ...shipped, [fields]: shipped[fields]?.replace(/spec\/strategy/g, 'spec/strategies') ?? '' };
    const names = missing(await rendered('storefront', 'prod', 'canary', renamed(forgotten, 'storefront')));
    expect(names).toContain('canaryService: Service storefront-canary');

    const budget = 'apps/components/disruption/poddisruptionbudget.yaml';
    const other = { ...shipped, [budget]: `${shipped[budget] ?? ''}      version: other\n` };
    expect(astray(await rendered('storefront', 'prod', 'canary', other))).toEqual(['budget']);
  });
});

describe('a worker', () => {
  const files = shippedWith('orders', { base: ['autoscaling/events', 'priority/batch'] });

  it.each(['rolling', 'canary'] as const)('scales by its queue, from none, as a %s one', async (strategy) => {
    const objects = await rendered('orders', 'prod', strategy, renamed(files, 'orders'));
    const { apiVersion, kind, metadata, spec } = theOnly(objects, workloadKind);

    expect(metadata.name).toBe('eu-orders');
    expect(theOnly(objects, /^ScaledObject$/).spec).toMatchObject({
      scaleTargetRef: { apiVersion, kind, name: metadata.name },
      minReplicaCount: 0,
    });
    expect(spec.template.spec.priorityClassName).toBe('sluice-batch');
  });
});
