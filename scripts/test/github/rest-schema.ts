import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { RestOperation } from './extract-rest.ts';

export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: unknown[];
  nullable?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  allOf?: Schema[];
  additionalProperties?: unknown;
}

interface Parameter {
  name: string;
  in: 'query' | 'path';
  schema: Schema;
}

interface Body {
  content?: { 'application/json'?: { schema: Schema } };
}

/** One operation as GitHub describes it. */
export interface Operation {
  id: RestOperation;
  method: string;
  /** `/repos/{owner}/{repo}/pulls`. */
  path: string;
  documentation: string;
  query: Parameter[];
  request: Validator | undefined;
  /** Of a status that the operation is documented to answer with; undefined for any other. */
  response(status: number): Validator | 'empty' | undefined;
}

/** What is wrong with a value, in words; empty where nothing is. */
export type Validator = (value: unknown) => string[];

export interface RestSchema {
  operations: Operation[];
  error: Validator;
  /** What a reference to a component stands for. */
  resolve(schema: Schema): Schema;
  component(name: string): Schema;
}

interface Api {
  paths: Record<string, Record<string, PathItem>>;
  components: Record<'schemas' | 'parameters' | 'responses', Record<string, unknown>>;
}

interface PathItem {
  operationId: RestOperation;
  externalDocs: { url: string };
  parameters: (Parameter & Schema)[];
  requestBody?: Body;
  responses: Record<string, Body & Schema>;
}

/** GitHub's published schema (`schemas/rest.json`). Validators are compiled when first asked. */
export function readRestSchema(): RestSchema {
  const api = JSON.parse(readFileSync(join(import.meta.dirname, 'schemas', 'rest.json'), 'utf8')) as Api;
  const parts = new Set([...mergedIn(api)].map((reference) => at(api, reference)));
  adapt(api, parts);
  const ajv = new Ajv({
    // What is published is OpenAPI 3.0: JSON Schema with words of its own.
    strict: false,
    logger: false,
    allErrors: true,
    // Tests compile more than they validate.
    validateSchema: false,
    inlineRefs: false,
    code: { optimize: false },
  });
  formats.default(ajv);
  ajv.addSchema(api, 'github');
  const resolve = <T extends Schema>(schema: T): T =>
    schema.$ref === undefined ? schema : (at(api, schema.$ref) as T);

  const validators = new Map<string, ValidateFunction>();
  function validator(pointer: string): Validator {
    return (value) => {
      const validate = validators.get(pointer) ?? ajv.compile({ $ref: `github#${pointer}` });
      validators.set(pointer, validate);
      if (validate(value)) return [];
      return (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
      );
    };
  }
  const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

  function operation(path: string, method: string, item: PathItem): Operation {
    const pointer = `/paths/${escape(path)}/${method}`;
    const json = 'content/application~1json/schema';
    return {
      id: item.operationId,
      method: method.toUpperCase(),
      path,
      documentation: item.externalDocs.url,
      query: item.parameters.map(resolve).filter((parameter) => parameter.in === 'query'),
      request: item.requestBody === undefined ? undefined : validator(`${pointer}/requestBody/${json}`),
      response(status) {
        const found = item.responses[status];
        if (found === undefined) return undefined;
        const where = found.$ref?.slice(1) ?? `${pointer}/responses/${status}`;
        return resolve(found).content === undefined ? 'empty' : validator(`${where}/${json}`);
      },
    };
  }

  return {
    operations: Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, item]) => operation(path, method, item)),
    ),
    error: validator('/components/schemas/basic-error'),
    resolve,
    component: (name) => api.components.schemas[name] as Schema,
  };
}

function at(api: Api, reference: string): unknown {
  let found: unknown = api;
  for (const key of reference.slice(2).split('/')) found = (found as Record<string, unknown>)[key];
  return found;
}

/**
 * Names that GitHub does not publish are mistakes here, in what is asked as in what is answered.
 * And what may be null may be so where its values are listed, which OpenAPI 3.0 leaves unsaid. `parts` have only some of the names.
 */
function adapt(value: unknown, parts: ReadonlySet<unknown>): void {
  if (value === null || typeof value !== 'object') return;
  const schema = value as Schema;
  if (schema.type === 'object' && schema.properties !== undefined && !parts.has(value))
    schema.additionalProperties ??= false;
  if (schema.nullable === true && Array.isArray(schema.enum)) schema.enum.push(null);
  for (const [key, each] of Object.entries(value)) if (key !== 'allOf') adapt(each, parts);
}

/** The components that only together with others say what a value is. */
function* mergedIn(value: unknown): Generator<string> {
  if (value === null || typeof value !== 'object') return;
  const { allOf = [] } = value as Schema;
  const references = allOf.flatMap(({ $ref }) => $ref ?? []);
  if (references.length > 1) yield* references;
  for (const each of Object.values(value)) yield* mergedIn(each);
}
