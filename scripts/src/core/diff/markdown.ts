import type { AppDiff, Diff, ObjectChange } from './compare.ts';
import { gravest } from './risk.ts';
import { formatValue } from './text.ts';

/** As long as a comment on GitHub may be. */
export const commentLimit = 65_536;

export interface MarkdownOptions {
  limit?: number;
  /** Where the full text is, or how to get it. */
  full: string;
}

/**
 * A difference as Markdown: a table with a row for each app, then every object with its fields. What is longer than
 * the limit ends before the object (or the row) that no longer fits, with a line that says how much is left out.
 */
export function diffMarkdown(
  { title, apps }: Diff,
  { limit = Number.POSITIVE_INFINITY, full }: MarkdownOptions,
): string {
  if (apps.length === 0) return `### ${title}\n\nNo difference.\n`;
  const head = [
    `### ${title}\n\n| app | from | to | gravest | added | changed | removed |\n|---|---|---|---|---|---|---|\n`,
  ];
  const rows = apps.map(summaryRow);
  const objects = apps.flatMap(objectSections);
  const pieces = [...head, ...rows, ...objects];
  const whole = pieces.join('');
  if (whole.length <= limit) return whole;

  const lastLine = (text: string, left: number): string =>
    `\n**Left out: ${Math.min(left, objects.length)} of ${objects.length} objects (${whole.length - text.length} of ${whole.length} characters).** ${full}\n`;
  let kept = '';
  for (const [index, piece] of pieces.entries()) {
    const left = pieces.length - index;
    if (`${kept}${piece}`.length + lastLine(kept, left).length > limit) return kept + lastLine(kept, left);
    kept += piece;
  }
  return kept;
}

function summaryRow({ app, from, to, objects }: AppDiff): string {
  const count = (change: ObjectChange['change']): number => objects.filter((each) => each.change === change).length;
  const risk = describeRisk(
    objects.some((each) => each.grave),
    gravest(objects.map((each) => each.risk)),
  );
  const cells = [app, from ?? 'nothing', to ?? 'nothing', risk, count('added'), count('changed'), count('removed')];
  return `| ${cells.join(' | ')} |\n`;
}

function objectSections({ app, objects }: AppDiff): string[] {
  return objects.map((each, index) => (index === 0 ? `\n#### ${app}\n` : '') + objectSection(each));
}

function objectSection({ change, kind, name, risk, grave, fields }: ObjectChange): string {
  const heading = `\n${code(`${kind}/${name}`)} ${change} (${describeRisk(grave, risk)})\n`;
  if (fields.length === 0) return heading;
  const lines = fields.flatMap(({ path, before, after }) => [
    `  ${path}\n`,
    ...(before === undefined ? [] : [`- ${formatValue(before)}\n`]),
    ...(after === undefined ? [] : [`+ ${formatValue(after)}\n`]),
  ]);
  return `${heading}\n\`\`\`diff\n${lines.join('')}\`\`\`\n`;
}

/** A risk in words. */
export function describeRisk(grave: boolean, risk: string): string {
  return grave ? `grave ${risk}` : risk;
}

function code(text: string): string {
  return `\`${text.replace(/[`|\s]/g, '?')}\``;
}
