/** What a field may hold. Schemas name each other by their place in the table, so that equal ones stand there once. */
export interface Schema {
  /** Missing where anything may stand. `quantity` is a number or a text such as 500m, `int-or-string` a port or a share. */
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'int-or-string' | 'quantity';
  properties?: Record<string, number>;
  required?: string[];
  /** Of a map: what each of its values is. */
  values?: number;
  /** Of a list: what each of its items is. */
  items?: number;
  enum?: (string | number | boolean)[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
}

/** The kinds that manifests may be of, `<apiVersion> <kind>`, each with its schema's place in `schemas`. */
export interface SchemaTable {
  /** What it was made from, and in which versions. */
  from: string[];
  kinds: Record<string, number>;
  schemas: Schema[];
}

/** A schema as Kubernetes and CustomResourceDefinitions publish it. */
export interface PublishedSchema {
  type?: string;
  format?: string;
  $ref?: string;
  properties?: Record<string, PublishedSchema>;
  required?: string[];
  additionalProperties?: PublishedSchema | boolean;
  items?: PublishedSchema;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}

/** What a cluster answers at /openapi/v2. */
export interface OpenApi {
  info?: { version?: string };
  definitions: Record<string, PublishedSchema>;
}

export interface CustomResourceDefinition {
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; served: boolean; schema?: { openAPIV3Schema?: PublishedSchema } }[];
  };
}

const reference = '#/definitions/';
const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Definitions whose OpenAPI says less than what the API server takes; by the end of their names. */
const special: readonly (readonly [string, Schema])[] = [
  ['.api.resource.Quantity', { type: 'quantity' }],
  ['.util.intstr.IntOrString', { type: 'int-or-string' }],
  ['.meta.v1.FieldsV1', {}],
  ['.runtime.RawExtension', {}],
  ['.apiextensions.v1.JSON', {}],
  ['.apiextensions.v1.JSONSchemaPropsOrBool', {}],
  ['.apiextensions.v1.JSONSchemaPropsOrArray', {}],
  ['.apiextensions.v1.JSONSchemaPropsOrStringArray', {}],
];

/** The table of what a cluster's own kinds and those of CustomResourceDefinitions may hold. */
export function schemaTable(from: string[], api: OpenApi, crds: readonly CustomResourceDefinition[]): SchemaTable {
  const schemas: Schema[] = [];
  const places = new Map<string, number>();
  const named = new Map<string, number>();

  function place(schema: Schema): number {
    const key = JSON.stringify(schema);
    const found = places.get(key) ?? schemas.push(schema) - 1;
    places.set(key, found);
    return found;
  }

  function definition(name: string): number {
    const known = named.get(name);
    if (known !== undefined) return known;
    const simple = special.find(([end]) => name.endsWith(end))?.[1];
    if (simple !== undefined) return place(simple);
    // Its place is known before it is filled: a definition may contain itself.
    const own = schemas.push({}) - 1;
    named.set(name, own);
    schemas[own] = convert(api.definitions[name] ?? {});
    return own;
  }

  function add(schema: PublishedSchema | undefined): number {
    if (schema?.$ref !== undefined) return definition(schema.$ref.slice(reference.length));
    return place(convert(schema ?? {}));
  }

  function convert(schema: PublishedSchema): Schema {
    if (schema['x-kubernetes-int-or-string'] === true) return { type: 'int-or-string' };
    const { type, properties, additionalProperties, items } = schema;
    const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
    if (type === undefined && properties === undefined) return {};
    if (type !== 'object' && properties === undefined) {
      return {
        type: type as NonNullable<Schema['type']>,
        ...(items === undefined ? {} : { items: add(items) }),
        ...limits(schema),
      };
    }
    if (properties === undefined) {
      if (open || additionalProperties === undefined || typeof additionalProperties === 'boolean') return {};
      return { type: 'object', values: add(additionalProperties) };
    }
    return {
      type: 'object',
      properties: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, add(each)])),
      ...(schema.required === undefined ? {} : { required: schema.required }),
      ...(open ? { values: place({}) } : {}),
    };
  }

  /** Status is the cluster's to write, and what it holds nobody's to check. */
  function top(apiVersion: string, kind: string, schema: PublishedSchema): [string, number] {
    const properties = { ...schema.properties, metadata: { $ref: reference + objectMeta } };
    if ('status' in properties) properties.status = {};
    return [`${apiVersion} ${kind}`, place(convert({ ...schema, properties }))];
  }

  const own = Object.values(api.definitions).flatMap((schema) => {
    const kinds = schema['x-kubernetes-group-version-kind'] ?? [];
    // What belongs to all groups at once, such as DeleteOptions, is no object of its own.
    if (kinds.length !== 1 || schema.properties?.['metadata'] === undefined) return [];
    return kinds
      .filter(({ group, kind }) => !kind.endsWith('List') && !crds.some(({ spec }) => spec.group === group))
      .map(({ group, version, kind }) => top(group === '' ? version : `${group}/${version}`, kind, schema));
  });
  const custom = crds.flatMap(({ spec }) =>
    spec.versions
      .filter(({ served }) => served)
      .map(({ name, schema }) => top(`${spec.group}/${name}`, spec.names.kind, schema?.openAPIV3Schema ?? {})),
  );
  return { from, kinds: Object.fromEntries([...own, ...custom].toSorted(([a], [b]) => (a < b ? -1 : 1))), schemas };
}

function limits({ enum: values, pattern, minimum, maximum, minItems }: PublishedSchema): Schema {
  const listed = values?.filter((each) => each !== null) as NonNullable<Schema['enum']> | undefined;
  return {
    ...(listed === undefined ? {} : { enum: listed }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(minItems === undefined ? {} : { minItems }),
  };
}
