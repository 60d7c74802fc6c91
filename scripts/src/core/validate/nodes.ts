import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type Node, type Pair } from 'yaml';
import { isFields, type Fields, type RenderedObject, type Value } from '../diff/objects.ts';
import { textAt } from './fields.ts';
import type { Path } from './policy.ts';

/** Gives where in a text the value at a path of an object is said; undefined where it says nothing of it. */
export type Find = (path: Path, object: RenderedObject) => number | undefined;

/** The documents of a text, with what tells their lines. */
export function documentsOf(text: string): { document: Document; lines: LineCounter }[] {
  const lines = new LineCounter();
  return [
    ...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' }),
  ].map((document) => ({ document: document as Document, lines }));
}

/** The data of a document; an empty map where it is none, or cannot be read. */
export function toFields(document: Document): Fields {
  try {
    const value = document.toJS() as Value;
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}

/** Whether a patch is a list of JSON 6902 operations. */
export function isOperations(text: string): boolean {
  return isSeq(documentsOf(text)[0]?.document.contents);
}

/** Finds in a text that stands in another one what the part of it finds, by lines. */
export function shifted(part: { lines: LineCounter; find: Find }, node: Node | undefined, lines: LineCounter): Find {
  return (path, object) => {
    const found = part.find(path, object);
    if (found === undefined || !isScalar(node)) return undefined;
    const first = lines.linePos(node.range?.[0] ?? 0).line;
    // A block scalar begins on the line after its header.
    const start = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED' ? first : first - 1;
    return lines.lineStarts[start + part.lines.linePos(found).line - 1];
  };
}

/** Where a path stands in a node; items of a list are told by their names, in whatever order they are. */
export function offsetOf(node: unknown, path: Path, rendered: Value | undefined): number | undefined {
  let [at, value]: [unknown, Value | undefined] = [node, rendered];
  let offset = (node as Node | undefined)?.range?.[0];
  for (const key of path) {
    const next = below(value, [key]);
    if (isMap(at)) {
      const pair = at.items.find((each) => isScalar(each.key) && each.key.value === key) as
        | Pair<Node, Node>
        | undefined;
      if (pair === undefined) return undefined;
      offset = pair.key.range?.[0];
      at = pair.value;
    } else if (isSeq(at)) {
      const name = textAt(next, 'name');
      const item =
        name === undefined ? at.items[Number(key)] : at.items.find((each) => isMap(each) && each.get('name') === name);
      if (item === undefined) return undefined;
      offset = (item as Node).range?.[0];
      at = item;
    } else return undefined;
    value = next;
  }
  return offset;
}

/** Where a generator says a literal. */
export function literalOf(document: Document, from: Path, path: Path): number | undefined {
  if (path[0] !== 'data' || path.length !== 2) return undefined;
  const literals = document.getIn([...from, 'literals'], true);
  const found = isSeq(literals)
    ? literals.items.find((each) => isScalar(each) && String(each.value).startsWith(`${path[1]}=`))
    : undefined;
  return (found as Node | undefined)?.range?.[0];
}

/** What stands at a path of keys, which may be texts of numbers. */
export function below(value: Value | undefined, path: Path): Value | undefined {
  let found: Value | undefined = value;
  for (const key of path) found = Array.isArray(found) ? found[Number(key)] : isFields(found) ? found[key] : undefined;
  return found;
}
