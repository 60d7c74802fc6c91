import { describe, expect, it } from 'vitest';
import { compareRenderings, type Diff } from './compare.ts';
import { commentLimit, diffMarkdown } from './markdown.ts';

function service(name: string, value: string): string {
  return `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {value: ${JSON.stringify(value)}}\n`;
}

function diffOf(before: string, after: string): Diff {
  return {
    title: 'What a promotion to prod would change',
    apps: [{ app: 'web', from: 'a-1', to: 'b-2', objects: compareRenderings(before, after, 'web') }],
  };
}

const full = 'The full text is in all.md.';
const two = diffOf(service('a', 'x') + service('b', 'x'), service('a', 'y'));

describe('diffMarkdown', () => {
  it('has a table on top, then every object with what its fields were and become', () => {
    expect(diffMarkdown(two, { full })).toBe(`### What a promotion to prod would change

| app | from | to | gravest | added | changed | removed |
|---|---|---|---|---|---|---|
| web | a-1 | b-2 | deletion | 0 | 1 | 1 |

#### web

\`Service/b\` removed (deletion)

\`Service/a\` changed (network)

\`\`\`diff
  spec.value
- x
+ y
\`\`\`
`);
  });

  it('is whole as long as it fits to the character', () => {
    const whole = diffMarkdown(two, { full });

    expect(diffMarkdown(two, { full, limit: whole.length })).toBe(whole);
    expect(diffMarkdown(two, { full, limit: whole.length - 1 })).not.toBe(whole);
  });

  it('ends before the object that no longer fits, and says how much is left out and where it is', () => {
    const names = Array.from({ length: 3000 }, (_, index) => `s${String(index).padStart(4, '0')}`);
    const long = diffOf(
      names.map((each) => service(each, 'x')).join(''),
      names.map((each) => service(each, 'y')).join(''),
    );
    const whole = diffMarkdown(long, { full });
    const cut = diffMarkdown(long, { full, limit: commentLimit });
    const [, left, characters] =
      /\n\*\*Left out: (\d+) of 3000 objects \((\d+) of \d+ characters\)\.\*\* (.*)\n$/.exec(cut) ?? [];
    const kept = cut.slice(0, cut.lastIndexOf('\n**Left out'));

    expect(cut.length).toBeLessThanOrEqual(65_536);
    expect(cut.length).toBeGreaterThan(65_000);
    expect(cut).toContain(full);
    expect(whole.startsWith(kept)).toBe(true);
    expect(whole.slice(kept.length)).toMatch(/^\n`Service\/s\d{4}` changed/);
    expect(kept.match(/^`Service/gm)).toHaveLength(3000 - Number(left));
    expect(whole.length - kept.length).toBe(Number(characters));
  });

  it('stays below the limit whatever the limit cuts through', () => {
    const whole = diffMarkdown(two, { full }).length;
    const limits = Array.from({ length: whole - 120 }, (_, index) => index + 120);

    expect(limits.filter((limit) => diffMarkdown(two, { full, limit }).length > limit)).toEqual([]);
  });

  it('keeps every value on a line of its own, whatever is in it', () => {
    const text = diffMarkdown(diffOf('', service('a', '```\n# title | \u001b[31m\u202e')), { full });

    expect(text).toContain('+ "```\\n# title | \\u001b[31m\\u202e"\n');
    expect(text.match(/^```/gm)).toHaveLength(2);
  });

  it('says so where nothing differs', () => {
    expect(diffMarkdown({ title: 'Nothing', apps: [] }, { full })).toBe('### Nothing\n\nNo difference.\n');
  });
});
