import { nearest } from '../errors.ts';
import { isFields, type Fields, type RenderedObject, type Value } from '../diff/objects.ts';
import type { Schema, SchemaTable } from './schema-table.ts';
import type { Finding, Path } from './policy.ts';

/** Checks objects against what their kinds may hold. */
export interface SchemaCheck {
  (object: RenderedObject): Finding[];
}

/** Below an array, this many problems are said of one object; a wrong indent makes hundreds of them. */
const most = 10;

/**
 * A check of every field: that its kind knows it, that what it requires is there, and that it has the right type, one
 * of the values that are allowed, and the form that is asked for. Null counts as absent, as it does in Kubernetes.
 */
export function createSchemaCheck(table: SchemaTable): SchemaCheck {
  const patterns = new Map<string, RegExp | undefined>();
  const { schemas } = table;

  return (object) => {
    const findings: Finding[] = [];
    function report(path: Path, message: string, fix: string): void {
      if (findings.length < most) findings.push({ object, path, message, fix });
    }

    function check(value: Value, place: number, path: Path): void {
      const schema = schemas[place] ?? {};
      if (value === null || schema.type === undefined) return;
      if (!fits(value, schema.type)) {
        report(
          path,
          `${last(path)} is ${describe(value)}, and has to be ${named(schema.type)}`,
          `write it as ${named(schema.type)}`,
        );
        return;
      }
      if (Array.isArray(value)) {
        if (schema.items !== undefined)
          for (const [index, item] of value.entries()) check(item, schema.items, [...path, index]);
        if (schema.minItems !== undefined && value.length < schema.minItems)
          report(path, `${last(path)} has ${value.length} items, and needs ${schema.minItems}`, 'add what is missing');
      } else if (isFields(value)) checkFields(value, schema, path);
      else checkScalar(value, schema, path);
    }

    function checkFields(value: Fields, { properties, required, values }: Schema, path: Path): void {
      for (const key in value) {
        const own = properties === undefined || !Object.hasOwn(properties, key) ? values : properties[key];
        if (own !== undefined) check(value[key] ?? null, own, [...path, key]);
        else {
          const known = Object.keys(properties ?? {});
          const near = nearest(key, known);
          report(
            [...path, key],
            `unknown field "${key}"${near === undefined ? '' : ` (did you mean "${near}"?)`}`,
            near === undefined ? `known here: ${known.join(', ')}` : `write ${near}`,
          );
        }
      }
      for (const key of required ?? []) {
        if (value[key] === undefined || value[key] === null)
          report([...path, key], `${last(path)} has no "${key}", which it needs`, `add ${key}`);
      }
    }

    function checkScalar(value: string | number | boolean, schema: Schema, path: Path): void {
      const text = JSON.stringify(value);
      if (schema.enum !== undefined && !schema.enum.includes(value)) {
        const near = nearest(String(value), schema.enum.map(String));
        report(
          path,
          `${last(path)} is ${text}${near === undefined ? '' : ` (did you mean "${near}"?)`}`,
          `one of ${schema.enum.join(', ')}`,
        );
      }
      if (schema.pattern !== undefined && typeof value === 'string' && pattern(schema.pattern)?.test(value) === false)
        report(path, `${last(path)} is ${text}, which does not match ${schema.pattern}`, `write what matches`);
      if (typeof value !== 'number') return;
      if (schema.minimum !== undefined && value < schema.minimum)
        report(path, `${last(path)} is ${text}`, `at least ${schema.minimum}`);
      if (schema.maximum !== undefined && value > schema.maximum)
        report(path, `${last(path)} is ${text}`, `at most ${schema.maximum}`);
    }

    function pattern(source: string): RegExp | undefined {
      if (!patterns.has(source)) patterns.set(source, compile(source));
      return patterns.get(source);
    }

    const place = table.kinds[`${object.apiVersion} ${object.kind}`];
    if (place === undefined) return [unknownKind(table, object)];
    check(object.fields, place, []);
    return findings;
  };
}

function unknownKind(table: SchemaTable, object: RenderedObject): Finding {
  const known = Object.keys(table.kinds).map((each) => each.split(' ') as [string, string]);
  const versions = known.filter(([, kind]) => kind === object.kind).map(([version]) => version);
  if (versions.length > 0) {
    const message = `there is no ${object.kind} in ${object.apiVersion}`;
    return { object, path: ['apiVersion'], message, fix: `apiVersion: ${versions.join(' or ')}` };
  }
  const near = nearest(
    object.kind,
    known.map(([, kind]) => kind),
  );
  const guess = near === undefined ? '' : ` (did you mean "${near}"?)`;
  return {
    object,
    path: ['kind'],
    message: `there is no kind "${object.kind}" in ${object.apiVersion}${guess}`,
    fix:
      near === undefined
        ? 'a kind of its own needs its CustomResourceDefinition among the schemas: see CONTRIBUTING.md'
        : `kind: ${near}`,
  };
}

function fits(value: Exclude<Value, null>, type: NonNullable<Schema['type']>): boolean {
  if (type === 'object') return isFields(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'int-or-string') return typeof value === 'string' || Number.isInteger(value);
  if (type === 'quantity') return typeof value === 'number' || (typeof value === 'string' && quantity.test(value));
  return typeof value === type;
}

/** As Kubernetes reads them: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const quantity = /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

function named(type: NonNullable<Schema['type']>): string {
  if (type === 'object') return 'a map';
  if (type === 'array') return 'a list';
  if (type === 'integer') return 'a whole number';
  if (type === 'int-or-string') return 'a whole number or a text';
  if (type === 'quantity') return 'a quantity such as 500m or 64Mi';
  return type === 'string' ? 'a text' : `a ${type}`;
}

function describe(value: Value): string {
  if (Array.isArray(value)) return 'a list';
  if (isFields(value)) return 'a map';
  return typeof value === 'string' ? `the text "${value}"` : `the ${typeof value} ${String(value)}`;
}

function last(path: Path): string {
  const name = path.findLast((each) => typeof each === 'string') ?? 'the object';
  return typeof path.at(-1) === 'number' ? `${name}[${path.at(-1)}]` : name;
}

/** Undefined where Go's regular expressions know what those of JavaScript do not. */
function compile(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'u');
  } catch {
    return undefined;
  }
}
