import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ofKind, rendered, theOnly, workloadKind, type Manifest } from '../../test/rendered.ts';
import { root, shippedConfig } from '../../test/shipped-apps.ts';

const wave = 'argocd.argoproj.io/sync-wave';

const address = (manifest: Manifest) =>
  manifest.spec.template.spec.containers[0]?.env.find(({ name }) => name === 'DATABASE_URL');

/** What the component of that name says of a pod. */
const hardened = ['automountServiceAccountToken', 'enableServiceLinks', 'securityContext', 'dnsConfig'];

function pick(from: object | undefined, keys: readonly string[]): Record<string, unknown> {
  const fields = Object.entries(from ?? {}).filter(([key]) => keys.includes(key));
  expect(fields).toHaveLength(keys.length);
  return Object.fromEntries(fields);
}

describe.for(shippedConfig.environments)('the migration of orders in $name', ({ name }) => {
  it('runs before the pods, and whatever it needs comes with it or before', async () => {
    const objects = await rendered('orders', name);
    const waves = objects.map(({ kind, metadata }) => [kind, Number(metadata.annotations?.[wave] ?? 0)] as const);

    expect(theOnly(objects, /^Job$/).metadata.annotations).toMatchObject({
      'argocd.argoproj.io/hook': 'Sync',
      'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    });
    // One wave, since Argo CD waits 2 s after each.
    for (const [kind, its] of waves) {
      expect(its, kind).toBe(/^(Job|ServiceAccount|ExternalSecret|NetworkPolicy)$/.test(kind) ? -1 : 0);
    }
  });

  it('runs the image of the release, in a pod that is hardened as those of the app are', async () => {
    const objects = await rendered('orders', name);
    const [job, app] = [/^Job$/, workloadKind].map((kind) => ({ ...theOnly(objects, kind).spec.template.spec }));
    const [its, theirs] = [job?.containers[0], app?.containers[0]];

    expect(its?.image).toMatch(/\/orders:[^@]+@sha256:/);
    expect(its).toMatchObject(pick(theirs, ['image', 'resources', 'securityContext', 'volumeMounts']));
    expect(job).toMatchObject(pick(app, [...hardened, 'serviceAccountName', 'volumes']));
    expect(job).toMatchObject({ restartPolicy: 'Never' });
  });

  it('has the address of the database from the Secret that the app has it from, which no rendering holds', async () => {
    const objects = await rendered('orders', name);
    const job = theOnly(objects, /^Job$/);
    const secret = theOnly(objects, /^ExternalSecret$/);

    expect(address(job)?.valueFrom?.secretKeyRef).toEqual({ name: secret.metadata.name, key: 'url' });
    expect(address(theOnly(objects, workloadKind))).toEqual(address(job));
    expect(secret.spec).toMatchObject({ data: [{ remoteRef: { key: `orders-${name}/database` } }] });
    expect(ofKind(objects, 'Secret')).toEqual([]);
  });

  it('knows its version, pod and namespace as the app does, so that its log lines say whose they are', async () => {
    const objects = await rendered('orders', name);
    const [its, theirs] = [/^Job$/, workloadKind].map((kind) => {
      const [container] = theOnly(objects, kind).spec.template.spec.containers;
      return container?.env.filter((each) => ['VERSION', 'POD_NAME', 'POD_NAMESPACE'].includes(each.name));
    });

    expect(its).toHaveLength(3);
    expect(its).toEqual(theirs);
    expect(theOnly(objects, /^Job$/).spec.template.metadata.labels).toHaveProperty(['app.kubernetes.io/version']);
  });

  it('runs in a pod that neither the Service nor the disruption budget takes for one of the app', async () => {
    const objects = await rendered('orders', name);
    const { labels } = theOnly(objects, /^Job$/).spec.template.metadata;

    expect(labels).not.toMatchObject(theOnly(objects, /^Service$/).spec.selector);
    expect(labels).not.toMatchObject(theOnly(objects, /^PodDisruptionBudget$/).spec.selector.matchLabels);
    expect(labels).toMatchObject({ environment: name, team: 'apps' });
  });
});

describe.for(shippedConfig.environments)('orders in $name', ({ name }) => {
  it('is let in by PostgreSQL with its migration, and no other app is', async () => {
    const { spec } = parse(
      readFileSync(join(root, 'infrastructure/postgresql/networkpolicy.yaml'), 'utf8'),
    ) as Manifest;
    const wanted = spec.ingress?.[0]?.from[0]?.podSelector?.matchLabels;
    const pods = (await rendered('orders', name)).filter(({ kind }) => /^(Deployment|Rollout|Job)$/.test(kind));

    expect(wanted).toBeDefined();
    expect(pods).toHaveLength(2);
    for (const { spec: its } of pods) expect(its.template.metadata.labels).toMatchObject(wanted ?? {});
    for (const other of Object.keys(shippedConfig.apps).filter((app) => app !== 'orders')) {
      expect(theOnly(await rendered(other, name), workloadKind).spec.template.metadata.labels).not.toMatchObject(
        wanted ?? {},
      );
    }
  });

  it('is let out to PostgreSQL, and to nothing else that is its own', async () => {
    const policies = ofKind(await rendered('orders', name), 'NetworkPolicy');
    const own = policies.filter(({ metadata }) => metadata.name !== 'closed').map(({ spec }) => spec);

    expect(own).toEqual([
      {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [
          {
            to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'postgresql' } } }],
            ports: [{ protocol: 'TCP', port: 5432 }],
          },
        ],
      },
    ]);
  });
});
