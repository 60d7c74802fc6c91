import type { InitPlan } from '../core/init/plan.ts';

/** What would change, a line for each file, and the branches that would begin. */
export function initLines({ changes }: Pick<InitPlan, 'changes'>, branches: readonly string[], remote: string): string {
  const lines = changes.map(({ file, lines: at, from, to }) => {
    const where = at.length === 1 ? `${file}:${at[0]}` : `${file}, ${at.length} lines`;
    return `~ ${where}\n    ${from} -> ${to}\n`;
  });
  return [...lines, ...branches.map((branch) => `+ ${branch} on ${remote}\n`)].join('');
}
