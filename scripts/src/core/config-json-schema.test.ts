import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema, configSchemaFile, descriptions } from './config-json-schema.ts';

const root = join(import.meta.dirname, '../../..');
const shipped = readFileSync(join(root, 'gitops.config.yaml'), 'utf8');
const validate = new Ajv({ allErrors: true }).compile(JSON.parse(configJsonSchema()) as object);

function problems(text: string): string[] {
  validate(parse(text));
  return (validate.errors ?? []).map((each) => `${each.instancePath} ${each.message ?? ''}`);
}

describe('the JSON Schema of the configuration', () => {
  it('is the committed file: `pnpm run schema` writes it', () => {
    expect(readFileSync(join(root, configSchemaFile), 'utf8')).toBe(configJsonSchema());
  });

  it('is named by the header of the configuration, from beside it', () => {
    expect(shipped.split('\n')[0]).toBe(`# yaml-language-server: $schema=./${configSchemaFile}`);
  });

  it('accepts the shipped configuration', () => {
    expect(problems(shipped)).toEqual([]);
  });

  it.each([
    ['an unknown key', shipped.replace('delivery: true', 'delivry: true'), 'must NOT have additional properties'],
    [
      'an unknown gate',
      shipped.replace('verified: {}', 'soaked: {}'),
      '/environments/1/gates must NOT have additional',
    ],
    ['a missing key', shipped.replace(/^registry: .*\n/m, ''), "must have required property 'registry'"],
    ['an unknown strategy', shipped.replace('canary}', 'canari}'), '/apps/storefront/strategy must be equal to one of'],
    ['a name that is none', shipped.replace('name: dev', 'name: ../dev'), '/environments/0/name must match pattern'],
    [
      'a profile with a namespace that is none',
      shipped.replace('dev: {cluster: in-cluster}', 'dev: {namespace: "a b"}'),
      '/profiles/local/environments/dev/namespace must match pattern',
    ],
    [
      'a window with both a pattern and a rule',
      shipped.replace(
        'verified: {}',
        'freeze: {windows: [{cron: "0 1 * * *", rrule: FREQ=DAILY, for: 1h, zone: UTC}]}',
      ),
      'windows/0 must match exactly one schema in oneOf',
    ],
  ])('refuses %s', (_, text, problem) => {
    expect(text).not.toBe(shipped);
    expect(problems(text).join('\n')).toContain(problem);
  });

  it('explains every key', () => {
    expect(unexplained(JSON.parse(configJsonSchema()), '')).toEqual([]);
    expect(unexplained({ properties: { a: { items: { properties: { b: {} } } } } }, '')).toEqual(['/a', '/a/*/b']);
  });

  it('explains nothing that is no key', () => {
    for (const [place, description] of Object.entries(descriptions))
      expect(configJsonSchema().includes(JSON.stringify(description)), place).toBe(true);
  });
});

interface Described {
  description?: string;
  properties?: Record<string, Described>;
  additionalProperties?: Described | boolean;
  items?: Described;
  anyOf?: Described[];
}

/** The places of keys without a description. */
function unexplained(value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { properties = {}, additionalProperties, items, anyOf = [] } = value as Described;
  return [
    ...Object.entries(properties).flatMap(([key, each]) => [
      ...(each.description === undefined ? [`${place}/${key}`] : []),
      ...unexplained(each, `${place}/${key}`),
    ]),
    ...unexplained(additionalProperties, `${place}/*`),
    ...unexplained(items, `${place}/*`),
    ...anyOf.flatMap((each) => unexplained(each, place)),
  ];
}
