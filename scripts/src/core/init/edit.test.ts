import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { swapLines, swapValues } from './edit.ts';

const swap = { from: 'ghcr.io/acme', to: 'ghcr.io/umbrella' };

describe('a value in YAML', () => {
  it('is replaced, and comments, quotes, order and blanks around it stay', () => {
    const text = `# ours\nregistry:   "ghcr.io/acme"   # all of it\nb: {a: 'ghcr.io/acme'}\nother: ghcr.io/acme\n`;

    expect(swapValues(text, 'a.yaml', ['registry'], swap)).toEqual({
      text: text.replace('"ghcr.io/acme"', '"ghcr.io/umbrella"'),
      lines: [2],
      strange: [],
    });
    expect(swapValues(text, 'a.yaml', ['b', '*'], swap).text).toContain("b: {a: 'ghcr.io/umbrella'}\n");
  });

  it('is found in each of a list and each of a map', () => {
    const text =
      'jobs:\n  one: {steps: [{with: {registry: ghcr.io/acme}}]}\n  two: {steps: [{run: x}, {with: {registry: ghcr.io/acme}}]}\n';

    const { text: edited, lines } = swapValues(text, 'a.yaml', ['jobs', '*', 'steps', '*', 'with', 'registry'], swap);

    expect(edited).toBe(text.replaceAll('acme', 'umbrella'));
    expect(lines).toEqual([2, 3]);
  });

  it('of several lines is a list, of which others stay', () => {
    const text = 'data:\n  registries: |\n    ghcr.io/other\n    ghcr.io/acme\n    ghcr.io/acmen\n  labels: x\n';

    expect(swapValues(text, 'a.yaml', ['data', 'registries'], swap)).toEqual({
      text: text.replace('ghcr.io/acme\n', 'ghcr.io/umbrella\n'),
      lines: [4],
      strange: [],
    });
  });

  it('that only begins so is replaced where what is sought ends in a slash, and never within a word', () => {
    const page = { from: 'https://github.com/acme/shop/', to: 'https://git.example/u/s/' };
    const text = 'url: https://github.com/acme/shop/blob/main/a.md#acme\nname: https://github.com/acme/shop2/blob\n';

    expect(swapValues(text, 'a.yaml', ['*'], page).text).toBe(
      'url: https://git.example/u/s/blob/main/a.md#acme\nname: https://github.com/acme/shop2/blob\n',
    );
    expect(swapValues('a: ghcr.io/acmen\n', 'a.yaml', ['a'], swap).lines).toEqual([]);
  });

  it('that is neither the one nor the other is said to be strange', () => {
    expect(swapValues('a: quay.io/acme\n', 'a.yaml', ['a'], swap).strange).toEqual([1]);
    expect(swapValues('a: ghcr.io/umbrella\n', 'a.yaml', ['a'], swap).strange).toEqual([]);
  });

  it('is what was asked for, whatever that is and however the other was written', () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    const styles = [JSON.stringify, (text: string) => `'${text.replaceAll("'", "''")}'`];
    fc.assert(
      fc.property(value, value, fc.constantFrom(...styles), (from, to, quote) => {
        fc.pre(!/[\n\r\u0085\u2028\u2029]/.test(from) && from !== to);
        const text = `a: {b: ${quote(from)}} # c\n`;
        fc.pre(parse(text)?.a?.b === from);
        const edited = swapValues(text, 'a.yaml', ['a', 'b'], { from, to });
        expect(parse(edited.text)).toEqual({ a: { b: to } });
        expect(edited.text.endsWith('} # c\n')).toBe(true);
      }),
    );
  });
});

describe('a line', () => {
  it('is replaced whole, or as far as what is sought goes', () => {
    const text = '# g, acme:x\r\ng, acme:developers, role:developer\r\n  g, acme:ops\r\n';

    expect(swapLines(text, { from: 'g, acme:', to: 'g, umbrella:' })).toMatchObject({
      text: '# g, acme:x\r\ng, umbrella:developers, role:developer\r\n  g, umbrella:ops\r\n',
      lines: [2, 3],
    });
  });

  it('is replaced once: nothing is left for a second time', () => {
    const word = fc.stringMatching(/^[a-z]{1,3}[:/]?$/);
    fc.assert(
      fc.property(fc.array(word), word, word, (lines, from, to) => {
        fc.pre(!from.startsWith(to) && !to.startsWith(from));
        const once = swapLines(lines.join('\n'), { from, to });
        expect(swapLines(once.text, { from, to })).toMatchObject({ text: once.text, lines: [] });
      }),
    );
  });
});
