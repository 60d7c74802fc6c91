import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differingFields, type FieldDifference } from './fields.ts';
import type { Fields, Value } from './objects.ts';

function differ(before: Fields, after: Fields): FieldDifference[] {
  return differingFields(before, after, []);
}

function container(name: string, image: string, env: Fields[] = []): Fields {
  return { name, image, env };
}

describe('differingFields', () => {
  it('calls an item of a list by its name, wherever it stands', () => {
    const before = {
      containers: [
        container('app', 'a:1', [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ]),
      ],
    };
    const after = {
      containers: [
        container('proxy', 'p:1'),
        container('app', 'a:2', [
          { name: 'B', value: '3' },
          { name: 'A', value: '1' },
        ]),
      ],
    };

    expect(differ(before, after)).toEqual([
      { path: 'containers[proxy].name', after: 'proxy' },
      { path: 'containers[proxy].image', after: 'p:1' },
      { path: 'containers[proxy].env', after: [] },
      { path: 'containers[app].image', before: 'a:1', after: 'a:2' },
      { path: 'containers[app].env[B].value', before: '2', after: '3' },
    ]);
  });

  it('calls ports without a name by their number, and mounts of one volume by their path', () => {
    const mounts = (path: string): Value => [
      { name: 'v', mountPath: '/a' },
      { name: 'v', mountPath: path },
    ];

    expect(differ({ ports: [{ port: 80 }] }, { ports: [{ port: 80, targetPort: 1 }] })).toEqual([
      { path: 'ports[80].targetPort', after: 1 },
    ]);
    expect(differ({ m: mounts('/b') }, { m: mounts('/c') }).map(({ path }) => path)).toEqual([
      'm[/c].name', 'm[/c].mountPath', 'm[/b].name', 'm[/b].mountPath',
    ]); // prettier-ignore
  });

  it('says an insertion into a list without names once', () => {
    expect(differ({ args: ['a', 'b', 'c'] }, { args: ['a', 'x', 'b', 'c'] })).toEqual([
      { path: 'args[1]', after: 'x' },
    ]);
    expect(differ({ args: ['a', 'a'] }, { args: ['a'] })).toEqual([{ path: 'args[1]', before: 'a' }]);
  });

  it('says that init containers run in another order, and that requests go through middlewares so', () => {
    const [a, b] = [{ name: 'a' }, { name: 'b' }];

    expect(differ({ routes: [{ middlewares: [a, b] }] }, { routes: [{ middlewares: [b, a] }] })).toEqual([
      { path: 'routes[0].middlewares order', before: 'a, b', after: 'b, a' },
    ]);
    expect(differ({ initContainers: [a, b] }, { initContainers: [b, a] })).toEqual([
      { path: 'initContainers order', before: 'a, b', after: 'b, a' },
    ]);
    expect(differ({ containers: [a, b] }, { containers: [b, a] })).toEqual([]);
  });

  it('shows the lines of a text that differ', () => {
    expect(differ({ data: { 'app.conf': 'a\nb\nc\n' } }, { data: { 'app.conf': 'a\nx\nc\n' } })).toEqual([
      { path: 'data["app.conf"] line 2', before: 'b', after: 'x' },
    ]);
  });

  it('tells nothing, empty and null apart', () => {
    expect(differ({}, { ingress: [] })).toEqual([{ path: 'ingress', after: [] }]);
    expect(differ({ a: {} }, {})).toEqual([{ path: 'a', before: {} }]);
    expect(differ({}, { a: null })).toEqual([{ path: 'a', after: null }]);
    expect(differ({ a: [] }, { a: null })).toEqual([
      { path: 'a', before: [] },
      { path: 'a', after: null },
    ]);
    expect(differ({ a: '1' }, { a: 1 })).toEqual([{ path: 'a', before: '1', after: 1 }]);
  });

  it('shows both where a value becomes of another shape', () => {
    expect(differ({ a: { b: 1 } }, { a: ['x'] })).toEqual([
      { path: 'a.b', before: 1 },
      { path: 'a[0]', after: 'x' },
    ]);
  });

  it('knows keys that every object inherits', () => {
    expect(differ({ data: {} }, { data: { constructor: 'x' } })).toEqual([{ path: 'data.constructor', after: 'x' }]);
  });

  const value = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Value>('a', 'b\nc', 1, true, null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'env', 'name', 'value'), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  const fields = fc.dictionary(fc.constantFrom('a', 'b', 'list'), value);

  it('finds nothing in what is equal, and the same either way round', () => {
    const turned = ({ path, ...rest }: FieldDifference): string =>
      JSON.stringify([path.replace(/\d+/g, ''), rest.after, rest.before]);
    const straight = ({ path, ...rest }: FieldDifference): string =>
      JSON.stringify([path.replace(/\d+/g, ''), rest.before, rest.after]);
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        expect(differ(a, structuredClone(a))).toEqual([]);
        expect(differ(a, b).map(straight).toSorted()).toEqual(differ(b, a).map(turned).toSorted());
      }),
    );
  });

  it('finds every change of one value', () => {
    fc.assert(
      fc.property(fields, value, value, (base, a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        const sorted = (each: Value): string => JSON.stringify(each).split('').toSorted().join('');
        fc.pre(sorted(a) !== sorted(b));
        expect(differ({ ...base, changed: a }, { ...base, changed: b })).not.toEqual([]);
      }),
    );
  });
});
