import { describe, expect, it } from 'vitest';
import { compareRenderings, sortApps, type AppDiff } from './compare.ts';

function rendering(...documents: string[]): string {
  return documents.map((each) => `---\n${each}\n`).join('');
}

function object(kind: string, name: string, rest = ''): string {
  return `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\n${rest}`;
}

function deployment(image: string, { replicas = 1, config = 'environment-4k7g2m5t9b' } = {}): string {
  return object(
    'Deployment',
    'web',
    `spec: {replicas: ${replicas}, template: {spec: {containers: [{name: app, image: "${image}", envFrom: [{configMapRef: {name: ${config}}}]}]}}}`,
  );
}

describe('compareRenderings', () => {
  it('finds nothing in renderings that differ in their bytes only', () => {
    const before = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {a: 1, b: "2"}\n';
    const after = "# rendered\nkind: Service\napiVersion: v1\nspec:\n  b: '2'\n  a: 1\nmetadata:\n  name: web\n";

    expect(compareRenderings(before, after, 'web')).toEqual([]);
    expect(compareRenderings(before, after.replace('a: 1', 'a: 3'), 'web')).toHaveLength(1);
  });

  it('shows the variable that changed, not the hash that changed with it', () => {
    const config = (hash: string, value: string): string =>
      object('ConfigMap', `environment-${hash}`, `data: {COLOUR: ${value}}`);
    const before = rendering(deployment('web:1'), config('4k7g2m5t9b', 'red'));
    const after = rendering(deployment('web:1', { config: 'environment-92hd8cfgmk' }), config('92hd8cfgmk', 'blue'));

    expect(compareRenderings(before, after, 'web')).toEqual([
      {
        change: 'changed',
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: 'environment-*',
        risk: 'env',
        grave: false,
        fields: [{ path: 'data.COLOUR', before: 'red', after: 'blue', risk: 'env' }],
      },
    ]);
  });

  it('gives every field its risk and the object the gravest', () => {
    const [change] = compareRenderings(
      deployment('web:1'),
      deployment('web:2', { replicas: 3, config: 'other' }),
      'web',
    );

    expect(change?.risk).toBe('image');
    expect(change?.fields.map(({ path, risk }) => [risk, path])).toEqual([
      ['image', 'spec.template.spec.containers[app].image'],
      ['env', 'spec.template.spec.containers[app].envFrom[0].configMapRef.name'],
      ['replicas', 'spec.replicas'],
    ]);
  });

  it('lists the gravest first, in an order that does not depend on that of the documents', () => {
    const before = [
      object('Service', 'gone'),
      object('PersistentVolumeClaim', 'data'),
      deployment('web:1'),
      object('Role', 'r', 'rules: []'),
    ];
    const after = [
      object('ServiceAccount', 'new'),
      object('ServiceAccount', 'newer'),
      deployment('web:2'),
      object('Role', 'r', 'rules: [{verbs: [get]}]'),
      object('Ingress', 'i'),
    ];
    const expected = [
      'deletion true PersistentVolumeClaim/data removed',
      'deletion false Service/gone removed',
      'rbac false Role/r changed',
      'rbac false ServiceAccount/new added',
      'rbac false ServiceAccount/newer added',
      'network false Ingress/i added',
      'image false Deployment/web changed',
    ];
    const listed = (a: string[], b: string[]): string[] =>
      compareRenderings(rendering(...a), rendering(...b), 'web').map(
        ({ risk, grave, kind, name, change }) => `${risk} ${grave} ${kind}/${name} ${change}`,
      );

    expect(listed(before, after)).toEqual(expected);
    expect(listed(before.toReversed(), after.toReversed())).toEqual(expected);
  });

  it('takes the namespaces of two environments for the same where it is told to', () => {
    const inNamespace = (namespace: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: ${namespace}}\n`;
    const [staging, prod] = [inNamespace('web-staging'), inNamespace('web-prod')];

    expect(
      compareRenderings(staging, prod, 'web', { namespaces: { before: 'web-staging', after: 'web-prod' } }),
    ).toEqual([]);
    expect(compareRenderings(staging, prod, 'web').map(({ change }) => change)).toEqual(['removed', 'added']);
  });
});

describe('sortApps', () => {
  it('puts the app first to which the gravest happens', () => {
    const app = (name: string, before: string, after: string): AppDiff => ({
      app: name,
      from: null,
      to: null,
      objects: compareRenderings(before, after, name),
    });
    const apps = [
      app('a', deployment('web:1'), deployment('web:2')),
      app('c', object('Namespace', 'x'), ''),
      app('b', deployment('web:1'), deployment('web:2')),
      app('d', object('Service', 'x'), ''),
    ];

    expect(sortApps(apps).map((each) => each.app)).toEqual(['c', 'd', 'a', 'b']);
  });
});
