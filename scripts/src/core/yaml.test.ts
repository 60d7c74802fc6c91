import { describe, expect, it } from 'vitest';
import { UserError } from './errors.ts';
import { parseYaml, readYaml } from './yaml.ts';

/** Nine levels of nine aliases each: a billion texts, if anybody wrote them out. */
const bomb = Array.from('abcdefghi')
  .map(
    (name, index) =>
      `${name}: &${name} [${Array(9)
        .fill(index === 0 ? 'x' : `*${'abcdefghi'[index - 1]}`)
        .join(', ')}]`,
  )
  .join('\n');
const manyKeys = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n');

function problem(text: string): string {
  try {
    parseYaml(text, 'file.yaml');
    return 'accepted';
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

describe('a YAML text', () => {
  it.each([
    ['aliases without measure', bomb, /attack \(line 2, column 8\)$/],
    ['a key that stands twice', 'a: 1\nb: 2\na: 3\n', /"a" stands twice \(line 3, column 1\)$/],
    ['a key that stands twice, deep inside', 'x: [{a: 1, a: 2}]', /"a" stands twice \(line 1, column 12\)$/],
    ['tabs', 'a:\n\tb: 1\n', /Tabs are not allowed as indentation \(line 2, column 1\)$/],
    [
      'a second document',
      'a: 1\n---\nb: 2\n',
      /another document begins here, and only one is read \(line 2, column 1\)$/,
    ],
    ['a prototype', 'a: 1\n__proto__: {x: 1}\n', /"__proto__" cannot be a key \(line 2, column 1\)$/],
    [
      'a text of 10 MB',
      `a: "${'x'.repeat(10_000_000)}"`,
      /has 10000005 characters; 1000000 is the most \(line 1, column 1\)$/,
    ],
    ['a bracket that nothing closes', 'a: [1, 2\nb: 3\n', /\(line 2, column 1\)$/],
    [
      'a tag that runs something',
      'a: !!js/function "x"',
      /^file\.yaml is not valid YAML: Unresolved tag: .* \(line 1, column 4\)$/,
    ],
    ['brackets in brackets without end', `a: ${'['.repeat(100_000)}`, /this is nested too deeply/],
  ])('is refused for %s, with line and column', (_, text, expected) => {
    expect(problem(text)).toMatch(expected);
  });

  it.each([
    ['a byte order mark', '\uFEFFa: 1\n'],
    ['Windows line ends', 'a: 1\r\n'],
    ['some aliases', 'x: &x 1\na: *x\n'],
    ["the names of an object's own", 'constructor: 1\ntoString: 2\na: 1\n'],
  ])('may have %s', (_, text) => {
    expect(parseYaml(text, 'file.yaml')).toMatchObject({ a: 1 });
  });

  it('takes no time that grows with what its aliases stand for, nor with the square of its keys', () => {
    const began = performance.now();
    readYaml(bomb);
    readYaml(manyKeys);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('gives nothing to every other object', () => {
    problem('__proto__: {polluted: true}');
    problem('a: {__proto__: {polluted: true}}');

    expect({}).not.toHaveProperty('polluted');
  });
});
