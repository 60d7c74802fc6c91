import { isFields, type Fields, type RenderedObject, type Value } from '../diff/objects.ts';
import type { Path } from './policy.ts';

/** What stands at a path below a value; undefined where nothing does. */
export function at(value: Value | undefined, path: Path): Value | undefined {
  let found: Value | undefined = value;
  for (const key of path) {
    if (typeof key === 'number' && Array.isArray(found)) found = found[key];
    else if (isFields(found) && Object.hasOwn(found, key)) found = found[key];
    else return undefined;
  }
  return found ?? undefined;
}

/** The text at a path. */
export function textAt(value: Value | undefined, ...path: Path): string | undefined {
  const found = at(value, path);
  return typeof found === 'string' ? found : undefined;
}

/** The number at a path. */
export function numberAt(value: Value | undefined, ...path: Path): number | undefined {
  const found = at(value, path);
  return typeof found === 'number' ? found : undefined;
}

/** The map at a path; an empty one where none stands there. */
export function mapAt(value: Value | undefined, ...path: Path): Fields {
  const found = at(value, path);
  return isFields(found) ? found : {};
}

/** The list at a path; an empty one where none stands there. */
export function listAt(value: Value | undefined, ...path: Path): Value[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** The objects of some kinds. */
export function ofKind(objects: readonly RenderedObject[], ...kinds: readonly string[]): RenderedObject[] {
  return objects.filter((each) => kinds.includes(each.kind));
}

/** Whether a map of labels has everything that a `matchLabels` asks for; asking for nothing matches everything. */
export function hasLabels(labels: Fields, wanted: Fields): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** Whether labels satisfy a LabelSelector: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export function isSelected(labels: Fields, selector: Value | undefined): boolean {
  if (!isFields(selector)) return false;
  return (
    hasLabels(labels, mapAt(selector, 'matchLabels')) &&
    listAt(selector, 'matchExpressions').every((each) => satisfies(labels, each))
  );
}

function satisfies(labels: Fields, expression: Value): boolean {
  const value = labels[textAt(expression, 'key') ?? ''];
  const values = listAt(expression, 'values');
  switch (textAt(expression, 'operator') ?? '') {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

const factors: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** How much a quantity such as 500m or 64Mi is; undefined where it is none. */
export function amount(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  const [, number = '', unit = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(shown(value ?? '')) ?? [];
  const factor = factors[unit];
  return number === '' || factor === undefined ? undefined : Number(number) * factor;
}

/** Whether a value is a map that says something. */
export function isFieldsOf(value: Value | undefined): value is Fields {
  return isFields(value) && Object.keys(value).length > 0;
}

/** A value as messages name it. */
export function shown(value: Value | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
