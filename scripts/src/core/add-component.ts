import { isMap, isNode, isPair, isSeq, parse, type YAMLMap, type YAMLSeq } from 'yaml';
import { UserError } from './errors.ts';
import { parseYamlText } from './yaml.ts';

const mark = '\uFEFF';

/**
 * A kustomization with one more component, after those that it has. Everything else stays as it is written, byte for
 * byte: printed anew, a tag such as `0123` or `1.10` would become another one. Throws UserError, naming `file`.
 */
export function addComponent(file: string, text: string, component: string): string {
  // Offsets are those of the text without its mark.
  if (text.startsWith(mark)) return `${mark}${addComponent(file, text.slice(1), component)}`;
  const { value, document } = parseYamlText(text, file);
  const before = (value ?? {}) as { components?: unknown };
  const { contents } = document;
  const known = before.components ?? [];
  const edited = Array.isArray(known) && isMap(contents) ? insert(text, contents, component) : '';
  const wanted = JSON.stringify({ ...before, components: [...(Array.isArray(known) ? known : []), component] });
  if (sameData(edited, wanted)) return edited;
  throw new UserError(`${file}: components is not a list that one more can be added to`, {
    hint: 'write it as a list of paths, one a line',
  });
}

function insert(text: string, root: YAMLMap, component: string): string {
  const pair = root.items.find((each) => String(each.key) === 'components');
  if (isSeq(pair?.value)) return insertItem(text, pair.value, component);
  // An empty value has its place after the colon.
  const empty = (pair?.value as { range?: [number, number, number] } | null | undefined)?.range?.[0];
  if (pair !== undefined) return empty === undefined ? '' : splice(text, empty, ` [${component}]`);
  if (root.flow === true) return insertInFlow(text, root, `components: [${component}]`);
  return insertLine(text, root, 'components:', `${indentOf(text, root)}  - ${component}`);
}

function insertItem(text: string, list: YAMLSeq, component: string): string {
  return list.flow === true ? insertInFlow(text, list, component) : insertLine(text, list, `- ${component}`);
}

/** After the last of a list or map in flow style. */
function insertInFlow(text: string, within: YAMLMap | YAMLSeq, what: string): string {
  const last: unknown = within.items.at(-1);
  const node = isPair(last) ? (last.value ?? last.key) : last;
  const end = isNode(node) ? node.range?.[1] : undefined;
  return end === undefined ? splice(text, (within.range?.[1] ?? 0) - 1, what) : splice(text, end, `, ${what}`);
}

/** Lines after the last one of a list or map in block style, as deep as that. */
function insertLine(text: string, within: YAMLMap | YAMLSeq, first: string, ...more: string[]): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  let at = within.range?.[1] ?? text.length;
  if (text[at - 1] !== '\n') at = text.indexOf('\n', at) + 1 || text.length;
  const lines = [`${indentOf(text, within)}${first}`, ...more].map((line) => `${line}${newline}`).join('');
  return splice(text, at, text[at - 1] === '\n' ? lines : `${newline}${lines}`);
}

function indentOf(text: string, { range }: YAMLMap | YAMLSeq): string {
  const start = range?.[0] ?? 0;
  return ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
}

function splice(text: string, at: number, what: string): string {
  return `${text.slice(0, at)}${what}${text.slice(at)}`;
}

/** Keys may stand in another order. */
function sameData(text: string, wanted: string): boolean {
  try {
    const data = parse(text) as Record<string, unknown>;
    const expected = JSON.parse(wanted) as Record<string, unknown>;
    const keys = Object.keys(expected);
    const same = keys.every((key) => JSON.stringify(data[key]) === JSON.stringify(expected[key]));
    return same && Object.keys(data).length === keys.length;
  } catch {
    return false;
  }
}
