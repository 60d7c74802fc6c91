import { isFields, type Fields, type Value } from './objects.ts';
import { followsOption, holdsSecret, isSecret, placeOf, redacted, topPlace, type Place } from './redact.ts';
import { compareText, itemPath, joinPath } from './text.ts';

/** One value that differs; missing where it is not there. A value that must not be shown is replaced by words already. */
export interface FieldDifference {
  path: string;
  before?: Value;
  after?: Value;
}

type Maybe<T> = T | undefined;

/** The values that two objects differ in, as deep as they go; `secrets` are texts that may appear nowhere. */
export function differingFields(
  before: Maybe<Fields>,
  after: Maybe<Fields>,
  secrets: readonly string[],
): FieldDifference[] {
  return [...walk('', before, after, topPlace)];

  function* walk(path: string, old: Maybe<Value>, now: Maybe<Value>, place: Place): Generator<FieldDifference> {
    if (canonical(old) === canonical(now)) return;
    const some = old === undefined ? now : old;
    if (isSecret(place, old, secrets) || isSecret(place, now, secrets)) {
      yield difference(path, ...redacted(old, now));
    } else if (now !== undefined && shapeOf(some) !== shapeOf(now)) {
      yield* walk(path, old, undefined, place);
      yield* walk(path, undefined, now, place);
    } else if ((old === undefined || now === undefined) && isEmpty(some)) {
      yield difference(path, old, now);
    } else if (Array.isArray(some)) {
      yield* walkItems(path, (old ?? []) as Value[], (now ?? []) as Value[], place);
    } else if (isFields(some)) {
      yield* walkFields(path, (old ?? {}) as Fields, (now ?? {}) as Fields, place);
    } else if (typeof old === 'string' && typeof now === 'string' && `${old}${now}`.includes('\n')) {
      for (const [line, a, b] of byIndex(old.split('\n'), now.split('\n'))) {
        if (a !== b) yield difference(`${path} line ${Number(line) + 1}`, a, b);
      }
    } else {
      yield difference(path, old, now);
    }
  }

  function* walkFields(path: string, old: Fields, now: Fields, place: Place): Generator<FieldDifference> {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      yield* walk(joinPath(path, key), own(old, key), own(now, key), placeOf(place, [old, now], key));
    }
  }

  function* walkItems(path: string, old: Value[], now: Value[], place: Place): Generator<FieldDifference> {
    const key = itemKeys.find((each) => tellsApart(each, old) && tellsApart(each, now));
    const pairs = key === undefined ? byIndex(old, now) : byKey(key, old, now);
    for (const [label, a, b] of pairs) {
      const last = Number(label) - 1;
      const hidden = key === undefined && (followsOption(old[last], a) || followsOption(now[last], b));
      yield* walk(itemPath(path, label), a, b, { ...place, hidden: place.hidden || hidden });
    }
    // Init containers run one after the other, and requests go through middlewares so.
    if (key === 'name' && /(initContainers|middlewares)$/.test(path)) {
      const names = new Set(old.map((each) => label(key, each)));
      const common = now.map((each) => label(key, each)).filter((each) => names.has(each));
      const [first, second] = [[...names].filter((each) => common.includes(each)).join(', '), common.join(', ')];
      if (first !== second) yield difference(`${path} order`, first, second);
    }
  }

  function tellsApart(key: string, items: readonly Value[]): boolean {
    const labels = items.map((each) => label(key, each));
    return (
      labels.every((each) => each !== undefined && !holdsSecret(each, secrets)) &&
      new Set(labels).size === labels.length
    );
  }
}

// By what the items of a list are told apart, whichever all of them have.
const itemKeys = ['name', 'mountPath', 'containerPort', 'port', 'host', 'path', 'key'];

function label(key: string, item: Value): string | undefined {
  const value = isFields(item) ? item[key] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

type ItemPair = [label: string, before: Maybe<Value>, after: Maybe<Value>];

function byKey(key: string, old: readonly Value[], now: readonly Value[]): ItemPair[] {
  const [before, after] = [old, now].map((items) => new Map(items.map((each) => [label(key, each) ?? '', each])));
  const labels = new Set([...(after?.keys() ?? []), ...(before?.keys() ?? [])]);
  return [...labels].map((each) => [each, before?.get(each), after?.get(each)]);
}

/** Pairs what lies between the items that both lists start and end with, so that an insertion is one difference. */
function byIndex(old: readonly Value[], now: readonly Value[]): ItemPair[] {
  const shorter = Math.min(old.length, now.length);
  const same = (a: number, b: number): boolean => canonical(old[a]) === canonical(now[b]);
  let start = 0;
  while (start < shorter && same(start, start)) start++;
  let tail = 0;
  while (tail < shorter - start && same(old.length - 1 - tail, now.length - 1 - tail)) tail++;
  const length = Math.max(old.length, now.length) - start - tail;
  const at = (items: readonly Value[], index: number): Maybe<Value> =>
    index < items.length - tail ? items[index] : undefined;
  return Array.from({ length }, (_, index) => start + index).map((each) => [
    String(each),
    at(old, each),
    at(now, each),
  ]);
}

function difference(path: string, before: Maybe<Value>, after: Maybe<Value>): FieldDifference {
  return { path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

function own(fields: Fields, key: string): Maybe<Value> {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

function shapeOf(value: Maybe<Value>): string {
  return Array.isArray(value) ? 'list' : isFields(value) ? 'map' : 'scalar';
}

function isEmpty(value: Maybe<Value>): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** A value as text that does not depend on the order of keys. */
function canonical(value: Maybe<Value>): string | undefined {
  return JSON.stringify(value, (_, each: Value) =>
    isFields(each) ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => compareText(a, b))) : each,
  );
}
