import { isMap, isScalar, isSeq, stringify, type Scalar } from 'yaml';
import { parseYamlText } from '../yaml.ts';

export interface Swap {
  from: string;
  to: string;
}

export interface Edited {
  text: string;
  /** The lines that changed, counted from 1. */
  lines: number[];
  /** The lines that say something else than either, where nothing in the file says one of them. */
  strange: number[];
}

interface Found {
  start: number;
  end: number;
  value: string;
  write(value: string): string;
}

/** A text in which every line that says the one says the other; spaces around it stay. */
export function swapLines(text: string, swap: Swap): Edited {
  return edit(text, linesIn(text, 0), swap);
}

/**
 * A YAML text in which every value at a path says the other, `*` standing for each of a map or list; of a text of several
 * lines every line is a value. All else stays as it is written, byte for byte. Throws UserError where it cannot be read.
 */
export function swapValues(text: string, file: string, path: readonly string[], swap: Swap): Edited {
  const { document } = parseYamlText(text, file);
  const found = scalarsAt(document.contents, path).flatMap((scalar) => readScalar(text, scalar));
  return edit(text, found, swap);
}

function edit(text: string, found: readonly Found[], swap: Swap): Edited {
  const edited: Edited = { text, lines: [], strange: [] };
  const lineOf = ({ start }: Found): number => text.slice(0, start).split('\n').length;
  const said = found.filter(({ value }) => rest(value, swap.to) === undefined);
  const changed = said.filter(({ value }) => rest(value, swap.from) !== undefined);
  for (const each of changed.toReversed()) {
    const value = swap.to + (rest(each.value, swap.from) ?? '');
    edited.text = edited.text.slice(0, each.start) + each.write(value) + edited.text.slice(each.end);
  }
  edited.lines = changed.map(lineOf);
  if (changed.length === 0 && said.length === found.length) edited.strange = said.map(lineOf);
  return edited;
}

/** What follows on what a value says; undefined where it says something else. */
function rest(value: string, says: string): string | undefined {
  if (value === says) return '';
  return /[/:]$/.test(says) && value.startsWith(says) ? value.slice(says.length) : undefined;
}

function linesIn(source: string, offset: number): Found[] {
  return [...source.matchAll(/\S(?:.*\S)?/g)].map(({ 0: value, index }) => {
    const start = offset + index;
    return { start, end: start + value.length, value, write: (text) => text };
  });
}

function scalarsAt(node: unknown, path: readonly string[]): Scalar<string>[] {
  const [key, ...below] = path;
  if (key === undefined) return isScalar(node) && typeof node.value === 'string' ? [node as Scalar<string>] : [];
  if (isSeq(node) && key === '*') return node.items.flatMap((each) => scalarsAt(each, below));
  if (!isMap(node)) return [];
  const pairs = node.items.filter((pair) => key === '*' || (isScalar(pair.key) && pair.key.value === key));
  return pairs.flatMap((pair) => scalarsAt(pair.value, below));
}

function readScalar(text: string, { type, value, range }: Scalar<string>): Found[] {
  const [start = 0, end = 0] = range ?? [];
  const source = text.slice(start, end);
  // The first line of a block says only how it is written.
  if (type?.startsWith('BLOCK') === true) {
    const first = source.indexOf('\n') + 1;
    return linesIn(source.slice(first), start + first);
  }
  return [{ start, end, value, write: (wanted) => quoted(source, wanted) }];
}

/** A value in the quotes that another one had; in double ones where it cannot be without. */
function quoted(source: string, value: string): string {
  if (source.startsWith("'")) return `'${value.replaceAll("'", "''")}'`;
  const plain = stringify(value, { lineWidth: 0 }).trimEnd() === value && !/[[\]{},]/.test(value);
  return source.startsWith('"') || !plain ? JSON.stringify(value) : value;
}
