import { isAlias, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { UserError } from './errors.ts';

/** What is wrong with a YAML text, at an offset in it. */
export interface YamlProblem {
  offset: number;
  message: string;
}

export interface YamlText {
  document: Document.Parsed;
  lines: LineCounter;
  /** As plain data; undefined where there are problems. */
  value: unknown;
  problems: YamlProblem[];
}

/** Characters of a text: what people write has a hundredth of it, and reading more than this takes seconds. */
const longest = 1_000_000;

/**
 * Reads one YAML document that anybody may have written. Besides its syntax, problems are: more than one document, a key
 * that stands twice or is called `__proto__`, a tag that is not known, aliases that multiply without measure, and a
 * text without an end.
 */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const tooLong = text.length > longest;
  // The library compares every key of a map with every other one, so that is done here.
  const document = parseDocument(tooLong ? '' : text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const problems: YamlProblem[] = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    offset: pos[0],
    message: describe(code, message),
  }));
  if (tooLong) problems.push({ offset: 0, message: `has ${text.length} characters; ${longest} is the most` });
  if (problems.length === 0) problems.push(...badKeys(document));
  if (problems.length > 0) return { document, lines, value: undefined, problems };
  try {
    return { document, lines, value: document.toJS(), problems };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { document, lines, value: undefined, problems: [{ offset: firstAlias(document), message }] };
  }
}

/** A YAML text with its data; throws UserError with `where`, line and column for one that cannot be read. */
export function parseYamlText(text: string, where: string): YamlText {
  const read = readYaml(text);
  const [first] = read.problems;
  if (first === undefined) return read;
  const { line, col } = read.lines.linePos(first.offset);
  throw new UserError(`${where} is not valid YAML: ${first.message} (line ${line || 1}, column ${col || 1})`, {
    hint: 'mend that line, then try again',
  });
}

/** The data of a YAML text; throws what parseYamlText throws. */
export function parseYaml(text: string, where: string): unknown {
  return parseYamlText(text, where).value;
}

function describe(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'another document begins here, and only one is read';
  if (message.startsWith('Maximum call stack')) return 'this is nested too deeply';
  return message.split('\n')[0] ?? '';
}

function badKeys(document: Document): YamlProblem[] {
  const problems: YamlProblem[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const offset = key.range?.[0] ?? 0;
        if (seen.has(name)) problems.push({ offset, message: `"${name}" stands twice` });
        if (name === '__proto__') problems.push({ offset, message: '"__proto__" cannot be a key' });
        seen.add(name);
      }
    },
  });
  return problems;
}

function firstAlias(document: Document): number {
  let found = 0;
  visit(document, (_, node) => {
    if (!isAlias(node)) return undefined;
    found = node.range?.[0] ?? 0;
    return visit.BREAK;
  });
  return found;
}
