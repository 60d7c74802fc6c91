import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries, startApiServer, type ApiServer, type KubernetesObject } from '@sluice/apiserver';
import { ensureFiles, stateFolder } from '@sluice/toolchain';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildKustomization, root } from '../test/kustomize.ts';
import { digest, kinds, podOf, registry, wrap, type Kind, type Pod } from '../test/pods.ts';
import { until } from '../test/until.ts';

/** For each rule a change that breaks it alone, and what is then said. */
const broken: Record<string, { change: (pod: Pod) => void; message: string }> = {
  resources: {
    change: (pod) => delete pod.spec.containers[0]!.resources,
    message: 'no requests and limits for cpu and memory: app; set resources.requests and resources.limits',
  },
  registries: {
    change: (pod) => (pod.spec.containers[0]!.image = `${registry}n/web@${digest}`),
    message: `from no registry that is allowed here: ${registry}n/web@${digest}; allowed are ${registry}`,
  },
  digests: {
    change: (pod) => (pod.spec.initContainers[0]!.image = `${registry}/migrate:1.4.2`),
    message: `not named by digest: ${registry}/migrate:1.4.2; write NAME@sha256:...`,
  },
  tags: {
    change: (pod) => (pod.spec.containers[0]!.image = `${registry}/web:latest@${digest}`),
    message: `latest or no tag: ${registry}/web:latest@${digest}; name the version or the digest`,
  },
  labels: {
    change: (pod) => (pod.metadata.labels = { 'app.kubernetes.io/name': 'web', environment: 'prod' }),
    message: 'pods without the labels team, cost-center; add them to the labels of the pod template',
  },
  users: {
    change: (pod) => (pod.spec.containers[0]!.securityContext.runAsUser = 0),
    message: 'may run as root: app; set runAsNonRoot to true and runAsUser to another than 0',
  },
  privileges: {
    change: (pod) => (pod.spec.initContainers[0]!.securityContext.capabilities = { drop: ['NET_RAW'] }),
    message:
      'may gain privileges: migrate; set privileged and allowPrivilegeEscalation to false and capabilities.drop to [ALL]',
  },
  host: {
    change: (pod) => {
      pod.spec.hostPID = true;
      pod.spec.volumes = [{ name: 'run', hostPath: { path: '/run' } }];
      pod.spec.containers[0]!.ports = [{ containerPort: 8080, hostPort: 8080 }];
    },
    message: 'reaches the host by hostPID, volume run, ports of app; take them out',
  },
};

const { binaries, missing } = { binaries: undefined, missing: undefined, ...(await findBinaries(root, process.env)) };
let server: ApiServer;

beforeAll(async () => {
  if (binaries === undefined) return;
  server = await startApiServer(binaries);
  await applyDefinitionOfRollouts();
  for (const [name, workloads] of [
    ['web-prod', 'apps'],
    ['kube-tools', undefined],
  ] as const) {
    const labels = workloads === undefined ? {} : { 'sluice.dev/workloads': workloads };
    await applied({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  }
  await applyPolicies('infrastructure/clusters/nonprod/admission', 'Warn');
}, 120_000);

afterAll(async () => await server?.stop());

beforeEach(({ skip }) => skip(binaries === undefined, missing));

describe('the admission policies', { timeout: 60_000 }, () => {
  it('warn of a broken rule, by name, where they do not enforce yet', async () => {
    for (const [rule, { message }] of Object.entries(broken)) {
      const { status, warnings } = await create(brokenBy(rule, 'Rollout'));
      expect(status).toBe(201);
      expect(warnings).toEqual([expect.stringContaining(`'${rule}.sluice.dev' with binding`)]);
      expect(warnings[0]).toContain(message);
    }
  });

  describe('where they enforce', () => {
    beforeAll(async () => {
      if (binaries !== undefined) await applyPolicies('infrastructure/clusters/prod/admission', 'Deny');
    }, 60_000);

    it.for(kinds)('accept a %s that breaks none', async (kind) => {
      expect(await create(wrap(podOf(), kind))).toMatchObject({ status: 201, warnings: [] });
    });

    it.for(Object.keys(broken).flatMap((rule) => kinds.map((kind) => ({ rule, kind }))))(
      'refuse by $rule a $kind that breaks it',
      async ({ rule, kind }) => {
        const { status, body } = await create(brokenBy(rule, kind));

        expect(body.message).toContain(`'${rule}.sluice.dev' with binding`);
        expect(body.message).toContain(broken[rule]!.message);
        expect(status).toBe(422);
      },
    );

    it('leave namespaces alone that hold no apps', async () => {
      for (const rule of Object.keys(broken)) {
        expect(await create(brokenBy(rule, 'Deployment'), 'kube-tools')).toMatchObject({ status: 201 });
      }
    });

    it('accept a Rollout that borrows the pods of a Deployment', async () => {
      const rollout = wrap(podOf(), 'Rollout');
      const { template: _, ...spec } = rollout['spec'] as Record<string, unknown>;
      const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

      expect(await create({ ...rollout, spec: { ...spec, workloadRef } })).toMatchObject({ status: 201 });
    });

    it('let what was there before a rule be scaled and labelled, but not given another broken image', async () => {
      await server.request(
        'DELETE',
        '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/tags.sluice.dev',
      );
      const old = brokenBy('tags', 'Deployment');
      await until(async () => (await server.apply(inNamespace(old, 'web-prod'))).status < 300);
      await applyPolicies('infrastructure/clusters/prod/admission', 'Deny');

      const labelled = { ...old, metadata: { ...old.metadata, labels: { team: 'shop' } } };
      expect(await server.apply(inNamespace(labelled, 'web-prod'))).toMatchObject({ status: 200 });
      const changed = brokenBy('tags', 'Deployment', (pod) => (pod.spec.terminationGracePeriodSeconds = 7));
      expect(await server.apply(inNamespace(changed, 'web-prod'))).toMatchObject({ status: 422 });
    });

    it('judge a debugging container that is put into a running pod', async () => {
      const pod = inNamespace(wrap(podOf(), 'Pod'), 'web-prod');
      expect(await server.create(pod)).toMatchObject({ status: 201 });
      const path = '/api/v1/namespaces/web-prod/pods/web';
      const running = (await server.request('GET', path)).body as unknown as KubernetesObject;
      const ephemeralContainers = [
        {
          name: 'debug',
          image: `${registry}n/shell@${digest}`,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ];
      const spec = { ...(running['spec'] as object), ephemeralContainers };

      const { status, body } = await server.request('PUT', `${path}/ephemeralcontainers`, { ...running, spec });

      expect(status).toBe(422);
      expect(body.message).toContain("'registries.sluice.dev'");
    });

    it('accept what every app renders in every environment', async () => {
      const { apps, environments } = parse(readFileSync(join(root, 'gitops.config.yaml'), 'utf8')) as {
        apps: Record<string, unknown>;
        environments: { name: string }[];
      };
      let judged = 0;
      for (const app of Object.keys(apps)) {
        for (const { name } of environments) {
          const objects = await buildKustomization(`apps/${app}/overlays/${name}`);
          for (const object of objects.filter(({ kind }) => (kinds as readonly string[]).includes(kind))) {
            judged += 1;
            expect(await create(withRelease(object), 'web-prod'), `${app} ${name}`).toMatchObject({ status: 201 });
          }
        }
      }
      expect(judged).toBeGreaterThanOrEqual(Object.keys(apps).length * environments.length);
    });
  });
});

function brokenBy(rule: string, kind: Kind, more: (pod: Pod) => void = () => undefined): KubernetesObject {
  const pod = podOf();
  broken[rule]!.change(pod);
  more(pod);
  return wrap(pod, kind);
}

async function create(object: KubernetesObject, namespace = 'web-prod'): ReturnType<ApiServer['create']> {
  return await server.create(inNamespace(object, namespace), { dryRun: true });
}

function inNamespace(object: KubernetesObject, namespace: string): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** What delivery does: the service's image by digest. */
function withRelease(object: KubernetesObject): KubernetesObject {
  const text = JSON.stringify(object).replaceAll(/"image":"([a-z-]+)"/g, `"image":"${registry}/$1@${digest}"`);
  return JSON.parse(text) as KubernetesObject;
}

async function applied(object: KubernetesObject): Promise<void> {
  const { status, body } = await server.apply(object);
  if (status >= 300) throw new Error(`${object.kind} ${object.metadata.name}: ${body.message}`);
}

async function applyDefinitionOfRollouts(): Promise<void> {
  const files = await ensureFiles('argo-rollouts', { root, state: stateFolder(process.env), env: process.env });
  const file = join(files ?? '', 'manifests/crds/rollout-crd.yaml');
  await applied(parse(readFileSync(file, 'utf8')) as KubernetesObject);
  await until(async () => (await server.request('GET', '/apis/argoproj.io/v1alpha1')).status === 200);
}

/** Applies a cluster's policies and waits until each one has its say. */
async function applyPolicies(folder: string, action: 'Warn' | 'Deny'): Promise<void> {
  for (const object of await buildKustomization(folder)) await applied(object);
  for (const rule of Object.keys(broken)) {
    await until(async () => {
      const { warnings, body } = await create(brokenBy(rule, 'Pod'));
      return (action === 'Warn' ? warnings.join('\n') : (body.message ?? '')).includes(`'${rule}.sluice.dev'`);
    });
  }
}
