import type { LiveCell, Waiting } from '../core/overview.ts';
import { describeVerb } from '../core/record.ts';
import { seconds } from './progress.ts';
import { plainTable } from './table.ts';

/** Apps down, environments across; in each cell the version, what became of it and its age, then a line for each thing that waits. */
export function statusTable(
  { cells, waiting = [] }: { cells: readonly LiveCell[]; waiting?: readonly Waiting[] },
  now: Date,
): string {
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
  const waits = listed('Waiting', (cell) => cell.waits);
  const stopped = listed('Stopped', (cell) => cell.stops);
  // Of one app there is room for more.
  const links = apps.length === 1 ? listed('Argo CD', ({ link }) => (link === undefined ? [] : [link])) : [];
  const lines = [
    ...(waits.length === 0 ? ['Nothing waits.'] : waits),
    ...stopped,
    ...waiting.flatMap(describeWaiting),
    ...links,
  ];
  return `${table}\n${lines.join('\n')}\n`;
}

function describeCell(cell: LiveCell | undefined, now: Date): string {
  if (cell?.release === undefined) return '-';
  const { record, release, health, sync, landedAt } = cell;
  const state = record === undefined ? 'landed' : record.outcome.state;
  const at = record?.at ?? landedAt;
  const since = at === undefined ? '' : ` ${age(now.getTime() - Date.parse(at))}`;
  const live = health === undefined ? '' : `\n${health}${sync === 'Synced' ? '' : `, ${sync ?? ''}`}`;
  const by = record?.overridden === undefined ? '' : `\n${describeVerb(record)}`;
  return `${release.tag}${cell.waits.length > 0 ? ' *' : ''}\n${state}${since}${by}${live}`;
}

function describeWaiting({ environment, from, tag, verdicts, problem }: Waiting): string[] {
  return [
    `Gates to ${tag} from ${from} to ${environment}:`,
    ...(problem === undefined ? [] : [`  it cannot be planned: ${problem}`]),
    ...verdicts.flatMap(({ gate, state, evidence, opensAt, next }) => [
      `  ${gate}: ${state}, ${evidence}${opensAt === undefined ? '' : `; opens at ${opensAt}`}`,
      ...(next === undefined ? [] : [`    next: ${next}`]),
    ]),
  ];
}

function age(milliseconds: number): string {
  const hours = milliseconds / 3_600_000;
  if (hours >= 48) return `${Math.round(hours / 24)} d ago`;
  return hours >= 1 ? `${Math.round(hours)} h ago` : `${seconds(Math.max(0, milliseconds))} ago`;
}
