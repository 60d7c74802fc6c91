import Table from 'cli-table3';
import type { LiveCell } from '../core/overview.ts';
import { seconds } from './progress.ts';

const noLines = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
}; // prettier-ignore

/** Apps down, environments across; in each cell the version, what became of it and its age, then a line for each thing that waits. */
export function statusTable(cells: readonly LiveCell[], now: Date): string {
  const environments = [...new Set(cells.map((each) => each.environment))];
  const apps = [...new Set(cells.map((each) => each.app))];
  const table = new Table({
    head: ['APP', ...environments.map((each) => each.toUpperCase())],
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0 },
  });
  for (const app of apps) {
    const own = cells.filter((each) => each.app === app);
    table.push([
      app,
      ...environments.map((environment) =>
        describeCell(
          own.find((each) => each.environment === environment),
          now,
        ),
      ),
    ]);
  }
  const waiting = cells.flatMap(({ app, environment, waits }) =>
    waits.map((each) => `  ${app} in ${environment}: ${each}`),
  );
  const tail = waiting.length === 0 ? 'Nothing waits.' : `Waiting:\n${waiting.join('\n')}`;
  return `${table.toString().replace(/ +$/gm, '')}\n\n${tail}\n`;
}

function describeCell(cell: LiveCell | undefined, now: Date): string {
  if (cell?.release === undefined) return '-';
  const { record, release, health, sync } = cell;
  const since = record === undefined ? '' : ` ${age(now.getTime() - Date.parse(record.at))}`;
  const state = record?.outcome.state ?? 'not recorded yet';
  const live = health === undefined ? '' : `\n${health}${sync === 'Synced' ? '' : `, ${sync ?? ''}`}`;
  return `${release.tag}${cell.waits.length > 0 ? ' *' : ''}\n${state}${since}${live}`;
}

function age(milliseconds: number): string {
  const hours = milliseconds / 3_600_000;
  if (hours >= 48) return `${Math.round(hours / 24)} d ago`;
  return hours >= 1 ? `${Math.round(hours)} h ago` : `${seconds(Math.max(0, milliseconds))} ago`;
}
