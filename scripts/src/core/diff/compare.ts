import { differingFields, type FieldDifference } from './fields.ts';
import { moveNamespace, pairObjects, parseObjects, type ObjectPair } from './objects.ts';
import { secretValues } from './redact.ts';
import { compareRisk, fieldRisk, gravest, isGrave, type Risk } from './risk.ts';
import { compareText } from './text.ts';

export interface FieldChange extends FieldDifference {
  risk: Risk;
}

/** What becomes of one object; the fields of a removed one are not listed. */
export interface ObjectChange {
  change: 'added' | 'changed' | 'removed';
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  /** The gravest of what it does. */
  risk: Risk;
  /** It is removed, and takes data or other objects with it. */
  grave: boolean;
  fields: FieldChange[];
}

/** What would change of one app, with the versions before and after. */
export interface AppDiff {
  app: string;
  from: string | null;
  to: string | null;
  objects: ObjectChange[];
}

/** A difference for people to judge; apps that do not differ are not in it. */
export interface Diff {
  title: string;
  apps: AppDiff[];
}

export interface CompareOptions {
  /** Namespaces that stand for each other, where two environments are compared. */
  namespaces?: { before: string; after: string } | undefined;
}

/**
 * What two renderings of an app differ in, the gravest first. No value of a Secret and nothing that looks like a
 * credential is in it. `where` names the app and its environment where a rendering cannot be read.
 */
export function compareRenderings(
  before: string,
  after: string,
  where: string,
  { namespaces }: CompareOptions = {},
): ObjectChange[] {
  const [old, now] = [parseObjects(before, where), parseObjects(after, where)];
  const moved = namespaces === undefined ? old : moveNamespace(old, namespaces.before, namespaces.after);
  const secrets = secretValues([...old, ...now]);
  return pairObjects(moved, now)
    .flatMap((pair) => describe(pair, secrets) ?? [])
    .toSorted(compareChanges);
}

/** Orders apps by the gravest that happens to each, then by name. */
export function sortApps(apps: readonly AppDiff[]): AppDiff[] {
  return apps.toSorted((a, b) => {
    const [first, second] = [a.objects[0], b.objects[0]];
    const order = first === undefined || second === undefined ? 0 : compareGravity(first, second);
    return order || compareText(a.app, b.app);
  });
}

function describe({ before, after }: ObjectPair, secrets: readonly string[]): ObjectChange | undefined {
  const object = after ?? before;
  if (object === undefined) return undefined;
  const { apiVersion, kind, namespace, name } = object;
  const removed = after === undefined;
  const fields = removed ? [] : differingFields(before?.fields, after.fields, secrets);
  if (before !== undefined && !removed && fields.length === 0) return undefined;
  const listed = fields
    .filter(({ path }) => before !== undefined || !naming.has(path))
    .map((each): FieldChange => ({ ...each, risk: fieldRisk(kind, each.path) }))
    .toSorted((a, b) => compareRisk(a.risk, b.risk) || compareText(a.path, b.path));
  return {
    change: removed ? 'removed' : before === undefined ? 'added' : 'changed',
    apiVersion,
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    risk: removed ? 'deletion' : gravest([...listed.map((each) => each.risk), fieldRisk(kind, '')]),
    grave: removed && isGrave(kind),
    fields: listed,
  };
}

// What an object is called says its heading.
const naming = new Set(['apiVersion', 'kind', 'metadata.name', 'metadata.namespace']);

function compareChanges(a: ObjectChange, b: ObjectChange): number {
  const [first, second] = [a, b].map(({ kind, namespace, name }) => [kind, namespace ?? '', name].join('/'));
  return compareGravity(a, b) || compareText(first ?? '', second ?? '');
}

function compareGravity(a: ObjectChange, b: ObjectChange): number {
  return Number(b.grave) - Number(a.grave) || compareRisk(a.risk, b.risk);
}
