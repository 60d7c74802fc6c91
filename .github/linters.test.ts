import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lint, linters } from './linters.ts';

/** What a workflow must not have, and how each linter calls it. */
const wrong = `name: Wrong
on: [pull_request]
jobs:
  wrong:
    runs-on: ubuntu-24.04
    needs: [nothing]
    steps:
      - uses: actions/checkout@v7
      - run: echo \${{ github.event.pull_request.title }}
`;
const called: Record<string, RegExp[]> = {
  actionlint: [/\[job-needs\]/, /potentially untrusted.*\[expression\]/],
  zizmor: [/unpinned-uses/, /template-injection/, /excessive-permissions/],
};

describe.for(linters)('$name', (linter) => {
  it('finds nothing in the workflows of this repository, and in a wrong one what is wrong', async ({ skip }) => {
    const program = await linter.find(process.env);
    skip(program === undefined, `${linter.name} has not been made yet; pnpm run lint:workflows makes it`);
    const folder = mkdtempSync(join(tmpdir(), 'sluice-workflows-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, '.git'));
    mkdirSync(join(folder, '.github/workflows'), { recursive: true });
    writeFileSync(join(folder, '.github/workflows/wrong.yaml'), wrong);

    const found = await lint(linter, program ?? '', folder);

    for (const each of called[linter.name] ?? []) expect(found).toMatch(each);
    expect(await lint(linter, program ?? '', join(import.meta.dirname, '..'))).toBe('');
  });
});
