import { describe, expect, it } from 'vitest';
import { kustomizeBuild } from '../adapters/kustomize.ts';
import { mergeKeysOf, withMergeKeys } from './merge-keys.ts';

/** A build of one resource with one strategic merge patch over it. */
function patched(resource: object, patch: object): Map<string, string> {
  return new Map([
    ['render/resource.yaml', JSON.stringify(resource)],
    ['render/patch.yaml', JSON.stringify(patch)],
    ['render/kustomization.yaml', 'resources: [resource.yaml]\npatches: [{path: patch.yaml}]\n'],
  ]);
}

function pods(kind: string, apiVersion: string, container: object, more: object = {}): object {
  const spec = { containers: [container], ...more };
  const template = { metadata: { labels: { app: 'web' } }, spec };
  return { apiVersion, kind, metadata: { name: 'web' }, spec: { template } };
}

const before = {
  name: 'app',
  image: 'web',
  env: [{ name: 'A', value: '1' }],
  ports: [{ name: 'http', containerPort: 80 }],
  volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
};
const after = {
  name: 'app',
  env: [{ name: 'B', value: '2' }],
  ports: [{ name: 'metrics', containerPort: 9464 }],
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
};
const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } };

describe('a build with merge keys', () => {
  it.each<[kind: string, resource: object, patch: object]>([
    ['Deployment', pods('Deployment', 'apps/v1', before), pods('Deployment', 'apps/v1', after)],
    ['StatefulSet', pods('StatefulSet', 'apps/v1', before), pods('StatefulSet', 'apps/v1', after)],
    ['DaemonSet', pods('DaemonSet', 'apps/v1', before), pods('DaemonSet', 'apps/v1', after)],
    ['Job', pods('Job', 'batch/v1', before), pods('Job', 'batch/v1', after)],
    [
      'Deployment with volumes, one of another type',
      pods('Deployment', 'apps/v1', before, { volumes: [{ name: 'tmp', emptyDir: {} }] }),
      pods('Deployment', 'apps/v1', after, { volumes: [{ name: 'tmp', emptyDir: null, configMap: { name: 'a' } }] }),
    ],
    [
      'Service',
      { ...service, spec: { ports: [{ name: 'http', port: 80 }] } },
      { ...service, spec: { ports: [{ name: 'metrics', port: 9464 }] } },
    ],
    [
      'ServiceAccount',
      { ...service, kind: 'ServiceAccount', secrets: [{ name: 'a' }] },
      { ...service, kind: 'ServiceAccount', secrets: [{ name: 'b' }] },
    ],
    [
      'NetworkPolicy, whose lists are replaced',
      { ...service, apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: { policyTypes: ['Ingress'] } },
      { ...service, apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: { policyTypes: ['Egress'] } },
    ],
  ])('gives the bytes that one with the schema of all Kubernetes gives, of a %s', async (_kind, resource, patch) => {
    const files = patched(resource, patch);

    expect(await kustomizeBuild(withMergeKeys(files), 'render')).toBe(await kustomizeBuild(files, 'render'));
  });

  it('merges the containers of a Rollout by name, which Kustomize alone replaces', async () => {
    const files = patched(
      pods('Rollout', 'argoproj.io/v1alpha1', before),
      pods('Rollout', 'argoproj.io/v1alpha1', after),
    );

    const [alone, merged] = [
      await kustomizeBuild(files, 'render'),
      await kustomizeBuild(withMergeKeys(files), 'render'),
    ];

    expect(alone).not.toContain('image: web');
    for (const kept of ['image: web', 'name: A', 'name: B', 'containerPort: 80', 'containerPort: 9464']) {
      expect(merged).toContain(kept);
    }
  });
});

describe('mergeKeysOf', () => {
  const reference = { $ref: '#/definitions/io.k8s.Item' };
  const kind = [{ group: '', version: 'v1', kind: 'Box' }];

  it('keeps a kind down to what is merged and nothing else', () => {
    const found = mergeKeysOf({
      definitions: {
        'io.k8s.Box': {
          type: 'object',
          'x-kubernetes-group-version-kind': kind,
          properties: {
            items: { type: 'array', items: reference, 'x-kubernetes-patch-merge-key': 'name' },
            names: { type: 'array' },
            status: { type: 'array', 'x-kubernetes-patch-merge-key': 'type' },
          },
        },
        'io.k8s.Item': { type: 'object', properties: { name: { type: 'string' } } },
        'io.k8s.BoxList': {
          properties: { items: { 'x-kubernetes-patch-merge-key': 'name' } },
          'x-kubernetes-group-version-kind': kind,
        },
      },
    });

    expect(found.definitions['io.k8s.Box']).toEqual({
      type: 'object',
      'x-kubernetes-group-version-kind': kind,
      properties: { items: { type: 'array', 'x-kubernetes-patch-merge-key': 'name' } },
    });
    expect(Object.keys(found.definitions)).toEqual(['io.argoproj.v1alpha1.Rollout', 'io.k8s.Box']);
  });

  it('ends where a definition contains itself', () => {
    const properties = { inner: { $ref: '#/definitions/io.k8s.Box' } };

    expect(mergeKeysOf({ definitions: { 'io.k8s.Box': { properties } } }).definitions['io.k8s.Box']).toBeUndefined();
  });
});
