import { parseAllDocuments, type Document } from 'yaml';
import { UserError } from '../errors.ts';
import { carriedAnnotation } from '../carry.ts';

/** What a rendered YAML document is made of. */
export type Value = string | number | boolean | null | Value[] | Fields;

export interface Fields {
  [key: string]: Value;
}

/** One Kubernetes object of a rendering. */
export interface RenderedObject {
  apiVersion: string;
  kind: string;
  namespace: string | undefined;
  name: string;
  fields: Fields;
}

/** An object before and after; one of the two is missing where it is added or removed. */
export interface ObjectPair {
  before: RenderedObject | undefined;
  after: RenderedObject | undefined;
}

export function isFields(value: Value | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The objects of a rendering, without the ConfigMaps that it only carries along for the release before it.
 * Throws UserError, which quotes nothing of the text, since that may be a secret; `where` names the rendering.
 */
export function parseObjects(text: string, where: string): RenderedObject[] {
  const documents: readonly Document.Parsed[] = parseAllDocuments(text, { prettyErrors: false });
  return documents
    .flatMap((document) => unpack(readDocument(document, text, where), where))
    .filter((each) => !isCarried(each));
}

function readDocument(document: Document.Parsed, text: string, where: string): Value {
  const [error] = document.errors;
  let problem = error?.code;
  try {
    if (error === undefined) return document.toJS() as Value;
  } catch {
    problem = 'BAD_ALIAS';
  }
  const line = text.slice(0, error?.pos[0] ?? document.range[0]).split('\n').length;
  throw new UserError(`the manifests of ${where} are not valid YAML: ${problem} in line ${line}`, { hint });
}

const hint = 'pnpm run render <app> --env <environment> prints what the files on main make';

function unpack(value: Value, where: string): RenderedObject[] {
  if (value === null) return [];
  const { apiVersion, kind, metadata, items } = isFields(value) ? value : {};
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item) => unpack(item, where));
  }
  const { name, namespace } = isFields(metadata) ? metadata : {};
  if (!isFields(value) || typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') {
    throw new UserError(`the manifests of ${where} have a document without apiVersion, kind or metadata.name`, {
      hint,
    });
  }
  return [{ apiVersion, kind, name, namespace: typeof namespace === 'string' ? namespace : undefined, fields: value }];
}

function isCarried({ kind, fields }: RenderedObject): boolean {
  const annotations = isFields(fields['metadata']) ? fields['metadata']['annotations'] : undefined;
  return kind === 'ConfigMap' && isFields(annotations) && Object.hasOwn(annotations, carriedAnnotation);
}

/** The same objects as they would be in another namespace. */
export function moveNamespace(objects: readonly RenderedObject[], from: string, to: string): RenderedObject[] {
  return objects.map((each) => ({
    ...each,
    namespace: each.namespace === from ? to : each.namespace,
    fields: mapStrings(each.fields, (text, key) => (key === 'namespace' && text === from ? to : text)),
  }));
}

/**
 * Brings together what is the same object before and after: the same kind, namespace and name, in whichever version
 * of its API. A hashed ConfigMap or Secret is the same whatever its hash; it is then called `name-*`, also where it is referred to.
 */
export function pairObjects(before: readonly RenderedObject[], after: readonly RenderedObject[]): ObjectPair[] {
  const [oldBases, newBases] = [hashedNames(before), hashedNames(after)];
  const once = (base: string): boolean =>
    (oldBases.get(base)?.length ?? 0) <= 1 && (newBases.get(base)?.length ?? 0) <= 1;
  const old = byIdentity(withoutHashes(before, oldBases, once));
  const now = byIdentity(withoutHashes(after, newBases, once));
  return [...new Set([...old.keys(), ...now.keys()])].map((id) => ({ before: old.get(id), after: now.get(id) }));
}

// The letters and digits that Kustomize writes hashes with: no word of ten letters is taken for one.
const hashedName = /^(.+)-[2456789bcdfghkmt]{10}$/;

/** The names of hashed objects by what they are called without the hash. */
function hashedNames(objects: readonly RenderedObject[]): Map<string, string[]> {
  const hashed = objects.filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret');
  const found = Map.groupBy(hashed, ({ kind, name }) => `${kind}/${hashedName.exec(name)?.[1] ?? ''}`);
  return new Map(
    [...found].filter(([base]) => !base.endsWith('/')).map(([base, all]) => [base, all.map((each) => each.name)]),
  );
}

function withoutHashes(
  objects: readonly RenderedObject[],
  bases: ReadonlyMap<string, readonly string[]>,
  once: (base: string) => boolean,
): RenderedObject[] {
  const names = new Map(
    [...bases]
      .filter(([base]) => once(base))
      .flatMap(([, all]) => all.map((name) => [name, name.replace(hashedName, '$1-*')])),
  );
  if (names.size === 0) return [...objects];
  return objects.map((each) => ({
    ...each,
    name: names.get(each.name) ?? each.name,
    fields: mapStrings(each.fields, (text) => names.get(text) ?? text),
  }));
}

function byIdentity(objects: readonly RenderedObject[]): Map<string, RenderedObject> {
  return new Map(
    objects.map((each) => {
      const group = each.apiVersion.includes('/') ? each.apiVersion.replace(/\/.*/, '') : '';
      return [JSON.stringify([group, each.kind, each.namespace, each.name]), each];
    }),
  );
}

function mapStrings<T extends Value>(value: T, change: (text: string, key: string) => string, key = ''): T {
  if (typeof value === 'string') return change(value, key) as T;
  if (Array.isArray(value)) return value.map((each) => mapStrings(each, change, key)) as T;
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapStrings(each, change, name)])) as T;
}
