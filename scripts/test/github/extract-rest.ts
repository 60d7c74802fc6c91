type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export interface OpenApi {
  paths: Record<string, Record<string, Json>>;
}

/** The operations that the server answers, as OpenAPI has them. */
export const restOperations = [
  'apps/create-installation-access-token',
  'rate-limit/get',
  'git/get-ref',
  'git/create-ref',
  'git/update-ref',
  'git/delete-ref',
  'pulls/list',
  'pulls/get',
  'pulls/create',
  'pulls/update',
  'pulls/list-reviews',
  'issues/list-comments',
  'issues/create-comment',
  'checks/list-for-ref',
  'repos/get-collaborator-permission-level',
  'repos/get-combined-status-for-ref',
  'actions/create-workflow-dispatch',
  'repos/get-branch-rules',
] as const;

export type RestOperation = (typeof restOperations)[number];

/** What describes to people, and what only other versions of the API have. */
const leftOut = /^(description|summary|title|example|examples|tags|deprecated|headers|x-.*)$/;

/** The paths of these operations, with every component that they refer to. */
export function restSubset(api: OpenApi): { paths: Json; components: Json } {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const { operationId } = operation as { operationId: RestOperation };
      if (restOperations.includes(operationId)) paths[path] = { ...paths[path], [method]: trimmed(operation) };
    }
  }
  const components: Record<string, Record<string, Json>> = {};
  const wanted = [...referencesIn(paths)];
  for (let reference = wanted.shift(); reference !== undefined; reference = wanted.shift()) {
    const [, , kind = '', name = ''] = reference.split('/');
    if (components[kind]?.[name] !== undefined) continue;
    const found = trimmed(
      (api as unknown as Record<string, Record<string, Record<string, Json>>>)['components']![kind]![name]!,
    );
    components[kind] = { ...components[kind], [name]: found };
    wanted.push(...referencesIn(found));
  }
  return { paths, components };
}

/** `inNames` where the keys are names of properties, which may be called as what is left out. */
function trimmed(value: Json, inNames = false): Json {
  if (Array.isArray(value)) return value.map((each) => trimmed(each));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => inNames || !leftOut.test(key))
      .map(([key, each]) => [key, trimmed(each, key === 'properties')]),
  );
}

function* referencesIn(value: Json): Generator<string> {
  if (value === null || typeof value !== 'object') return;
  for (const [key, each] of Object.entries(value)) {
    if (key === '$ref' && typeof each === 'string') yield each;
    else yield* referencesIn(each);
  }
}
