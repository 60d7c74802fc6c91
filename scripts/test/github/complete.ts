import type { RestSchema, Schema } from './rest-schema.ts';

/**
 * A value of a component such as `pull-request`: what is known, and something neutral for whatever else the schema requires.
 * What is known is left as it is, right or wrong, to be judged by the schema.
 */
export function complete(schema: RestSchema, component: string, known: object): object {
  return fill(schema, schema.component(component), known) as object;
}

function fill(rest: RestSchema, reference: Schema, known: unknown): unknown {
  const schema = rest.resolve(reference);
  if (known === undefined) return neutral(rest, schema);
  if (Array.isArray(known))
    return known.map((each) => (schema.items === undefined ? each : fill(rest, schema.items, each)));
  if (known === null || typeof known !== 'object' || schema.properties === undefined) return known;
  const given = known as Record<string, unknown>;
  const names = new Set([...Object.keys(given), ...(schema.required ?? [])]);
  return Object.fromEntries([...names].map((name) => [name, fill(rest, schema.properties?.[name] ?? {}, given[name])]));
}

function neutral(rest: RestSchema, schema: Schema): unknown {
  if (schema.nullable === true) return null;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.type === 'object') return fill(rest, schema, {});
  if (schema.type === 'array') return [];
  if (schema.type === 'boolean') return false;
  if (schema.type === 'integer') return 0;
  if (schema.format === 'date-time') return '2020-01-01T00:00:00Z';
  return schema.format === 'uri' ? 'https://github.com/' : '';
}
