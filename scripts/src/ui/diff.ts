import { styleText } from 'node:util';
import type { Diff, ObjectChange } from '../core/diff/compare.ts';
import { describeRisk } from '../core/diff/markdown.ts';
import { formatValue } from '../core/diff/text.ts';

const marks = { added: '+', changed: '~', removed: '-' } as const;
const colours = { added: 'green', changed: 'yellow', removed: 'red' } as const;

/** A difference for people: each app with its objects, the gravest first, and what each field was and becomes; in colour on a terminal. */
export function describeDiff({ title, apps }: Diff, stream: NodeJS.WriteStream): string {
  if (apps.length === 0) return `${title}: no difference\n`;
  const lines = [title];
  for (const { app, from, to, objects } of apps) {
    lines.push('', `${app}: ${from ?? 'nothing'} -> ${to ?? 'nothing'}`);
    for (const object of objects) lines.push(...describeObject(object));
  }
  return `${lines.join('\n')}\n`;

  function describeObject({ change, kind, name, risk, grave, fields }: ObjectChange): string[] {
    const what = `${marks[change]} ${kind}/${name} ${change}`;
    return [
      `  ${colour(grave ? 'red' : colours[change], what)}  ${describeRisk(grave, risk)}`,
      ...fields.flatMap(({ path, before, after }) => [
        `      ${path}`,
        ...(before === undefined ? [] : [colour('red', `        - ${formatValue(before)}`)]),
        ...(after === undefined ? [] : [colour('green', `        + ${formatValue(after)}`)]),
      ]),
    ];
  }

  function colour(name: 'red' | 'green' | 'yellow', text: string): string {
    return stream.isTTY === true ? styleText(name, text, { stream }) : text;
  }
}
