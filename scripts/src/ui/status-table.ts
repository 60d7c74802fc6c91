import type { LiveCell } from '../core/overview.ts';
import { describeVerb } from '../core/record.ts';
import { seconds } from './progress.ts';
import { plainTable } from './table.ts';

/** Apps down, environments across; in each cell the version, what became of it and its age, then a line for each thing that waits. */
export function statusTable(cells: readonly LiveCell[], now: Date): string {
  const environments = [...new Set(cells.map((each) => each.environment))];
  const apps = [...new Set(cells.map((each) => each.app))];
  const rows = apps.map((app) => {
    const own = cells.filter((each) => each.app === app);
    const at = (environment: string): LiveCell | undefined => own.find((each) => each.environment === environment);
    return [app, ...environments.map((environment) => describeCell(at(environment), now))];
  });
  const table = plainTable(['APP', ...environments.map((each) => each.toUpperCase())], rows);
  const listed = (title: string, pick: (cell: LiveCell) => string[]): string[] => {
    const lines = cells.flatMap((cell) => pick(cell).map((each) => `  ${cell.app} in ${cell.environment}: ${each}`));
    return lines.length === 0 ? [] : [`${title}:`, ...lines];
  };
  const waiting = listed('Waiting', ({ waits }) => waits);
  const stopped = listed('Stopped', ({ stops }) => stops);
  const tail = [...(waiting.length === 0 ? ['Nothing waits.'] : waiting), ...stopped];
  return `${table}\n${tail.join('\n')}\n`;
}

function describeCell(cell: LiveCell | undefined, now: Date): string {
  if (cell?.release === undefined) return '-';
  const { record, release, health, sync } = cell;
  const since = record === undefined ? '' : ` ${age(now.getTime() - Date.parse(record.at))}`;
  const state = record?.outcome.state ?? 'not recorded yet';
  const live = health === undefined ? '' : `\n${health}${sync === 'Synced' ? '' : `, ${sync ?? ''}`}`;
  const by = record?.overridden === undefined ? '' : `\n${describeVerb(record)}`;
  return `${release.tag}${cell.waits.length > 0 ? ' *' : ''}\n${state}${since}${by}${live}`;
}

function age(milliseconds: number): string {
  const hours = milliseconds / 3_600_000;
  if (hours >= 48) return `${Math.round(hours / 24)} d ago`;
  return hours >= 1 ? `${Math.round(hours)} h ago` : `${seconds(Math.max(0, milliseconds))} ago`;
}
