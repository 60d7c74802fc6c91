import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { UserError } from './errors.ts';
import { addComponent } from './add-component.ts';

const added = '../../components/strategies/rolling';

function withComponent(text: string): string {
  return addComponent('kustomization.yaml', text, added);
}

/** The text that is left when what was inserted is taken out. */
function without(edited: string, length: number): (original: string) => boolean {
  const more = edited.length - length;
  return (original) => {
    for (let at = 0; at <= original.length; at++) {
      if (edited.slice(0, at) + edited.slice(at + more) === original) return true;
    }
    return false;
  };
}

const texts: [string, string][] = [
  ['no components', 'resources:\n  - deployment.yaml\n'],
  ['no line break at its end', 'resources: [deployment.yaml]'],
  ['a comment at its end', 'resources: [a]\n# the end\n'],
  ['a list of components', 'components:\n  - ../../components/hardened # why\n\n# labels\nlabels: []\n'],
  ['a list that is not indented', 'components:\n- a\n- b\nresources: [c]\n'],
  ['a list in brackets', 'components: [a, b]\nresources: [c]\n'],
  ['a list in brackets with a comma at its end', 'components: [\n  a,\n  b,\n]\n'],
  ['an empty list', 'components: []\n'],
  ['an empty value', 'components:\nresources: [a]\n'],
  ['braces', '{resources: [a], namePrefix: x}'],
  ['Windows line ends', 'resources:\r\n  - a\r\ncomponents:\r\n  - b\r\n'],
  ['a byte order mark', '\uFEFFresources: [a]\n'],
  ['a document start and end', '---\nresources: [a]\n...\n'],
  ['a block of text at its end', 'resources: [a]\npatches:\n  - patch: |-\n      - op: add\n        path: /x\n'],
  ['everything indented', '  resources: [a]\n  components:\n    - b\n'],
];

describe('addComponent', () => {
  it.each(texts)('adds one after those that there are, and changes nothing else: %s', (_, text) => {
    const edited = withComponent(text);
    const before = parse(text) as { components?: string[] | null };

    expect(parse(edited)).toEqual({ ...before, components: [...(before.components ?? []), added] });
    expect(without(edited, text.length)(text), edited).toBe(true);
  });

  it('could change something else: what is checked sees it', () => {
    expect(without('resources: [a]\ncomponents: [b]\n', 15)('resources: [a]\n')).toBe(true);
    expect(without('resources: [b]\ncomponents: [b]\n', 15)('resources: [a]\n')).toBe(false);
  });

  it.each(['1.10', '0123', '12345e7', 'no', '0x1F', '1_000', '2030-01-01', '~', '"1.10"', "'no'"])(
    'leaves a value as it is written: %s',
    (value) => {
      const text = `images:\n  - name: web\n    newTag: ${value}\ncommonAnnotations: {a: ${value}}\nresources: [a]\n`;

      expect(withComponent(text).startsWith(text)).toBe(true);
    },
  );

  it.each([
    'components: text\n',
    'components: {a: b}\n',
    '- a\n',
    'components: &a [b]\nresources: *a\ncomponents2: *a\n',
  ])('refuses what it cannot add to, or adds to it rightly: %j', (text) => {
    let ended: unknown;
    try {
      ended = (parse(withComponent(text)) as { components: string[] }).components.at(-1);
    } catch (error) {
      ended = error;
    }

    expect(ended === added || ended instanceof UserError).toBe(true);
  });

  it('is right or refuses, whatever stands in the text', () => {
    const line = fc.constantFrom(
      'components:', 'components: [', '  - a', '- a', ']', 'resources: [x]', '# note', '', '  b: c', '{', '}', '|-', ',',
      'x: "', "y: '", '&a', '*a', 'z: |', '    text', '\t', '---', '...', '? q', ': r',
    ); // prettier-ignore
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), (lines, newline) => {
        const text = lines.join(newline);
        let edited: string;
        try {
          edited = withComponent(text);
        } catch {
          return;
        }
        const before = (parse(text, { logLevel: 'error' }) ?? {}) as { components?: string[] | null };
        expect((parse(edited) as { components: string[] }).components).toEqual([...(before.components ?? []), added]);
        expect(without(edited, text.length)(text)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
