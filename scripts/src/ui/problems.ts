import { styleText } from 'node:util';
import type { Problem } from '../core/validate/problem.ts';

/** Problems for people: a line that editors and terminals open at the place, and below it why and what to do. */
export function problemLines(problems: readonly Problem[], style: (text: string) => string = bold): string {
  return problems
    .map(({ file, line, policy, requirements, object, environments, message, reason, fix }) => {
      const codes = requirements.length === 0 ? '' : ` (${requirements.join(', ')})`;
      const where = [object, ...(environments.length === 0 ? [] : [`in ${environments.join(', ')}`])]
        .filter((each) => each !== '')
        .join(' ');
      return [
        `${style(`${file}:${line}`)} ${policy}${codes}`,
        `  ${where === '' ? '' : `${where}: `}${message}`,
        `  why: ${reason}`,
        `  fix: ${fix}`,
        '',
      ].join('\n');
    })
    .join('\n');
}

function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}
