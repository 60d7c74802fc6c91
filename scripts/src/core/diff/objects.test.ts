import { describe, expect, it } from 'vitest';
import { moveNamespace, pairObjects, parseObjects } from './objects.ts';

const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: web-prod}\n';

function configMap(name: string, rest = ''): string {
  return `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${rest}}\n`;
}

function names(before: string, after: string): string[] {
  return pairObjects(parseObjects(before, 'web'), parseObjects(after, 'web')).map(
    (each) => `${each.before?.name ?? 'none'} ${each.after?.name ?? 'none'}`,
  );
}

describe('parseObjects', () => {
  it('reads every document, also those in a list, and passes over empty ones', () => {
    const list =
      '---\n---\napiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Service, metadata: {name: web}}]\n';

    expect(parseObjects(deployment + list, 'web').map(({ kind, namespace }) => [kind, namespace])).toEqual([
      ['Deployment', 'web-prod'],
      ['Service', undefined],
    ]);
  });

  it('leaves out what is only carried along for the release before', () => {
    const carried = configMap('old', ', annotations: {sluice.dev/carried: "true"}');

    expect(parseObjects(carried + configMap('new'), 'web').map(({ name }) => name)).toEqual(['new']);
  });

  it.each([
    ['broken YAML', 'a: 1\nb: "hunter2', 'the manifests of web are not valid YAML: MISSING_CHAR in line 2'],
    ['an alias of nothing', 'a: *hunter2', 'BAD_ALIAS in line 1'],
    ['a document that is no object', 'hunter2', 'a document without apiVersion, kind or metadata.name'],
  ])('refuses %s without quoting it', (_, text, message) => {
    const read = (): unknown => parseObjects(text, 'web');

    expect(read).toThrow(message);
    expect(read).not.toThrow('hunter2');
  });
});

describe('pairObjects', () => {
  it('takes an object in another version of its API as the same, in another group as another', () => {
    expect(names(deployment, deployment.replace('apps/v1', 'apps/v2'))).toEqual(['web web']);
    expect(names(deployment, deployment.replace('apps/v1', 'argoproj.io/v1'))).toEqual(['web none', 'none web']);
  });

  it('takes hashed ConfigMaps of one name as the same, also where they are referred to', () => {
    const uses = (name: string): string => `${deployment}spec: {configMap: {name: ${name}}}\n${configMap(name)}`;
    const [first, second] = pairObjects(
      parseObjects(uses('environment-4k7g2m5t9b'), 'web'),
      parseObjects(uses('environment-92hd8cfgmk'), 'web'),
    );

    expect(first?.before?.fields).toEqual(first?.after?.fields);
    expect([second?.before?.name, second?.after?.name]).toEqual(['environment-*', 'environment-*']);
  });

  it('does not take a word of ten letters for a hash', () => {
    expect(names(configMap('web-postgresql'), configMap('web-prometheus'))).toEqual([
      'web-postgresql none',
      'none web-prometheus',
    ]);
  });

  it('keeps hashed names apart where one rendering has several', () => {
    const [a, b, c] = ['c-4k7g2m5t9b', 'c-92hd8cfgmk', 'c-222222222b'].map((name) => configMap(name)) as [
      string,
      string,
      string,
    ];

    expect(names(a + b, a + c)).toEqual(['c-4k7g2m5t9b c-4k7g2m5t9b', 'c-92hd8cfgmk none', 'none c-222222222b']);
  });
});

describe('moveNamespace', () => {
  it('moves objects and what they say about their namespace, and nothing else', () => {
    const text = `${deployment}spec: {subject: {namespace: web-prod}, other: {namespace: kube-system}, label: web-prod}\n`;
    const [moved] = moveNamespace(parseObjects(text, 'web'), 'web-prod', 'web-dev');

    expect(moved?.namespace).toBe('web-dev');
    expect(moved?.fields['metadata']).toEqual({ name: 'web', namespace: 'web-dev' });
    expect(moved?.fields['spec']).toEqual({
      subject: { namespace: 'web-dev' },
      other: { namespace: 'kube-system' },
      label: 'web-prod',
    });
  });
});
