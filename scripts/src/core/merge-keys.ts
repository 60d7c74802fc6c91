import { kustomizationText, renderRoot } from './rendering.ts';
import mergeKeys from './merge-keys.json' with { type: 'json' };

/** The version of Kubernetes that patches are merged as; merge-keys.json is made from it. */
export const mergedAs = 'Kubernetes v1.36.3';

const file = 'merge-keys.json';

/** A part of an OpenAPI schema, as Kubernetes publishes it. */
interface Schema {
  type?: string;
  $ref?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  [extension: `x-kubernetes-${string}`]: unknown;
}

/** What a cluster answers at /openapi/v2. */
export interface OpenApi {
  definitions: Record<string, Schema>;
}

/** What Kustomize reads of how a list in a patch is merged: kyaml's openapi package. */
const merging = ['x-kubernetes-patch-merge-key', 'x-kubernetes-patch-strategy', 'x-kubernetes-list-map-keys'] as const;

const kindKey = 'x-kubernetes-group-version-kind';
const reference = '#/definitions/';
const podTemplate = 'io.k8s.api.core.v1.PodTemplateSpec';

/** A Rollout has the pods of a Deployment, which its definition in clusters does not say. */
const rollout: Schema = {
  type: 'object',
  [kindKey]: [{ group: 'argoproj.io', version: 'v1alpha1', kind: 'Rollout' }],
  properties: {
    metadata: { $ref: `${reference}io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta` },
    spec: { type: 'object', properties: { template: { $ref: reference + podTemplate } } },
  },
};

/**
 * A layout that Kustomize builds with the merge keys of Kubernetes, and of Rollouts, in place of the schema of all
 * Kubernetes that it brings, which takes longer to read than everything else.
 */
export function withMergeKeys(files: ReadonlyMap<string, string>): Map<string, string> {
  const root = `${renderRoot}/kustomization.yaml`;
  return new Map([
    ...files,
    [root, (files.get(root) ?? '') + kustomizationText({ openapi: { path: file } })],
    [`${renderRoot}/${file}`, JSON.stringify(mergeKeys)],
  ]);
}

/**
 * What Kustomize has to know of Kubernetes to merge patches: the kinds with lists that are merged item by item, down to
 * those lists. Of the whole schema this is a hundredth.
 */
export function mergeKeysOf({ definitions }: OpenApi): OpenApi {
  const pruned = new Map<string, Schema | undefined>();

  function definition(name: string): Schema | undefined {
    if (pruned.has(name)) return pruned.get(name);
    // What contains itself is found again on the way down; such schemas merge no lists.
    pruned.set(name, undefined);
    const found = prune(definitions[name] ?? {});
    pruned.set(name, found);
    return found;
  }

  function prune(schema: Schema): Schema | undefined {
    if (schema.$ref !== undefined) {
      return definition(schema.$ref.slice(reference.length)) === undefined ? undefined : { $ref: schema.$ref };
    }
    const own = Object.fromEntries(merging.flatMap((key) => (key in schema ? [[key, schema[key]]] : [])));
    const items = schema.items === undefined ? undefined : prune(schema.items);
    const properties = Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
      const kept = name === 'status' ? undefined : prune(value);
      return kept === undefined ? [] : [[name, kept] as const];
    });
    if (items === undefined && [...properties, ...Object.keys(own)].length === 0) return undefined;
    return {
      ...(schema.type === undefined ? {} : { type: schema.type }),
      ...own,
      ...(items === undefined ? {} : { items }),
      ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    };
  }

  const kinds = Object.entries(definitions).flatMap(([name, { [kindKey]: kind }]) => {
    const written = kind !== undefined && name.startsWith('io.k8s.') && !name.endsWith('List');
    const kept = written ? definition(name) : undefined;
    return kept === undefined ? [] : [[name, { ...kept, [kindKey]: kind }] as const];
  });
  const parts = [...pruned].filter(([, schema]) => schema !== undefined) as [string, Schema][];
  const all = new Map<string, Schema>([...parts, ...kinds, ['io.argoproj.v1alpha1.Rollout', rollout]]);
  return { definitions: Object.fromEntries([...all].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}
