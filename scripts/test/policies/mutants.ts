import { parseSync } from 'oxc-parser';

/** A change to a source that its tests should notice. */
export interface Mutant {
  line: number;
  /** What was there and what takes its place. */
  change: string;
  source: string;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

const operators: Record<string, string> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
};
const methods: Record<string, string> = {
  some: 'every',
  every: 'some',
  includes: 'startsWith',
  startsWith: 'endsWith',
  max: 'min',
};

/** Texts that only people read, and types, hold no logic. */
const skipped = ['message', 'fix', 'reason', 'requirements', 'id', 'scope'];

/** Every way in which one part of a TypeScript source can be wrong. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const { program } = parseSync(file, source);
  const found: Mutant[] = [];

  function replace(start: number, end: number, text: string): void {
    const changed = source.slice(0, start) + text + source.slice(end);
    found.push({
      line: source.slice(0, start).split('\n').length,
      change: `${source.slice(start, end).replaceAll(/\s+/g, ' ')} → ${text === '' ? 'nothing' : text}`,
      source: changed,
    });
  }

  function visit(node: Node): void {
    if (node.type === 'ImportDeclaration' || node.type.startsWith('TS')) return;
    mutate(node);
    for (const [key, value] of Object.entries(node)) {
      if (
        node.type === 'Property' &&
        key === 'value' &&
        skipped.includes((node['key'] as { name?: string }).name ?? '')
      )
        continue;
      if (node.type === 'Property' && key === 'key') continue;
      for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) visit(each);
    }
  }

  function mutate(node: Node): void {
    const child = (key: string): Node => node[key] as Node;
    if (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') {
      const operator = node['operator'] as string;
      const [left, right] = [child('left'), child('right')];
      const at = source.indexOf(operator, left.end);
      if (operator === '??') replace(left.end, right.end, '');
      const other = operators[operator];
      if (other !== undefined) replace(at, at + operator.length, other);
    }
    if (node.type === 'UnaryExpression' && node['operator'] === '!') replace(node.start, node.start + 1, '');
    if (node.type === 'IfStatement')
      for (const value of ['true', 'false']) replace(child('test').start, child('test').end, value);
    if (node.type === 'ConditionalExpression')
      for (const branch of ['consequent', 'alternate'])
        replace(node.start, node.end, source.slice(child(branch).start, child(branch).end));
    if (node.type === 'Literal' && typeof node['value'] === 'boolean')
      replace(node.start, node.end, String(node['value'] !== true));
    if (node.type === 'Literal' && typeof node['value'] === 'number')
      replace(node.start, node.end, String(node['value'] + 1));
    if (node.type === 'Literal' && typeof node['value'] === 'string' && node['value'] !== '')
      replace(node.start, node.end, `'${node['value']}X'`);
    if (node.type === 'ArrayExpression' && (node['elements'] as unknown[]).length > 1) {
      for (const each of node['elements'] as Node[])
        replace(each.start, source[each.end] === ',' ? each.end + 1 : each.end, '');
    }
    if (node.type === 'ContinueStatement' || (node.type === 'ReturnStatement' && node['argument'] === null))
      replace(node.start, node.end, ';');
    if (node.type === 'CallExpression' && child('callee').type === 'MemberExpression') {
      const property = child('callee')['property'] as Node & { name?: string };
      const other = methods[property.name ?? ''];
      if (other !== undefined) replace(property.start, property.end, other);
      const object = child('callee')['object'] as Node;
      if (property.name === 'filter' || property.name === 'slice') replace(object.end, node.end, '');
    }
  }

  visit(program as unknown as Node);
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}
