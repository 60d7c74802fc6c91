import { describe, expect, it } from 'vitest';
import type { Fields } from '../diff/objects.ts';
import { readObjects } from './read-objects.ts';
import { createSchemaCheck } from './schema.ts';
import schemas from './schemas.json' with { type: 'json' };
import { schemaTable } from './schema-table.ts';

const check = createSchemaCheck(schemas);

function said(text: string): string[] {
  return readObjects(text, 'the test').flatMap((object) =>
    check(object).map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

const service = (spec: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: ${spec}\n`;

describe('what a kind may hold', () => {
  it.each([
    ['a port by number or by name', '{ports: [{port: 80, targetPort: 8080}, {port: 81, targetPort: http}]}', []],
    ['null, which counts as absent', '{ports: null, selector: null}', []],
    [
      'an unknown field, with the nearest known one',
      '{portz: []}',
      ['spec.portz: unknown field "portz" (did you mean "ports"?)'],
    ],
    [
      'an unknown field in a list',
      '{ports: [{port: 80, protocl: TCP}]}',
      ['spec.ports.0.protocl: unknown field "protocl" (did you mean "protocol"?)'],
    ],
    [
      'a text for a number',
      '{ports: [{port: "80"}]}',
      ['spec.ports.0.port: port is the text "80", and has to be a whole number'],
    ],
    [
      'a share of a number',
      '{ports: [{port: 80.5}]}',
      ['spec.ports.0.port: port is the number 80.5, and has to be a whole number'],
    ],
    ['a map for a list', '{ports: {port: 80}}', ['spec.ports: ports is a map, and has to be a list']],
    ['a list for a map', '{selector: [a]}', ['spec.selector: selector is a list, and has to be a map']],
    ['a number in a map of texts', '{selector: {a: 1}}', ['spec.selector.a: a is the number 1, and has to be a text']],
    ['what is missing', '{ports: [{name: http}]}', ['spec.ports.0.port: ports[0] has no "port", which it needs']],
  ])('is told of %s', (_, spec, problems) => {
    expect(said(service(spec))).toEqual(problems);
  });

  it('takes quantities as numbers and with their units, and nothing else', () => {
    const limit = (value: string): string[] =>
      said(
        `apiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: [{type: Pod, max: {cpu: ${value}}}]}\n`,
      );

    for (const value of ['1', '0.5', '500m', '1e3', '64Mi', '2E']) expect(limit(value), value).toEqual([]);
    for (const value of ['64MB', 'much', '"1 Gi"']) expect(limit(value), value).toHaveLength(1);
  });

  it('knows the fields of custom resources, their values and patterns', () => {
    const rollout = (strategy: string): string[] =>
      said(`apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web}\nspec: {strategy: ${strategy}}\n`);

    expect(rollout('{canary: {steps: [{setWeight: 5}, {pause: {duration: 10s}}]}}')).toEqual([]);
    expect(rollout('{canary: {stps: []}}')).toEqual([
      'spec.strategy.canary.stps: unknown field "stps" (did you mean "steps"?)',
    ]);
  });

  it('says where a kind is, or which one was meant', () => {
    expect(said('apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n')).toEqual([
      'apiVersion: there is no PodDisruptionBudget in policy/v1beta1',
    ]);
    expect(said('apiVersion: apps/v1\nkind: Deploymnt\nmetadata: {name: a}\n')).toEqual([
      'kind: there is no kind "Deploymnt" in apps/v1 (did you mean "Deployment"?)',
    ]);
  });

  it('says no more than ten things of one object', () => {
    const keys = Array.from({ length: 30 }, (_, index) => `x${index}: 1`).join(', ');

    expect(said(service(`{${keys}}`))).toHaveLength(10);
  });
});

describe('the table', () => {
  it('holds what contains itself once, and equal parts once', () => {
    const table = schemaTable(
      ['a test'],
      {
        definitions: {
          'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': {
            type: 'object',
            properties: { name: { type: 'string' } },
          },
          Tree: {
            type: 'object',
            properties: {
              left: { $ref: '#/definitions/Tree' },
              right: { $ref: '#/definitions/Tree' },
              name: { type: 'string' },
            },
          },
        },
      },
      [
        {
          spec: {
            group: 'a',
            names: { kind: 'Forest' },
            versions: [
              {
                name: 'v1',
                served: true,
                schema: { openAPIV3Schema: { type: 'object', properties: { spec: { $ref: '#/definitions/Tree' } } } },
              },
              { name: 'v0', served: false },
            ],
          },
        },
      ],
    );
    const deep: Fields = { metadata: { name: 'f' }, spec: { left: { right: { nam: 'x' } } } };
    const found = createSchemaCheck(table)({
      apiVersion: 'a/v1',
      kind: 'Forest',
      name: 'f',
      namespace: undefined,
      fields: deep,
    });

    expect(Object.keys(table.kinds)).toEqual(['a/v1 Forest']);
    expect(table.schemas.filter(({ type }) => type === 'string')).toHaveLength(1);
    expect(found.map(({ path }) => path.join('.'))).toEqual(['spec.left.right.nam']);
  });
});
