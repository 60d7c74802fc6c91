import { InvalidArgumentError, Option } from 'commander';

export const remote = new Option(
  '--remote <name>',
  'Git remote that releases land on (default: local where there is one, else origin)',
);
export const json = new Option('--json', 'one JSON value on standard output');
export const deadline = new Option('--deadline <seconds>', 'how long to wait for the outcome')
  .argParser(positive)
  .default(900);

export const dryRun = new Option('--dry-run', 'print the plan and stop');
export const explain = new Option('--explain', 'print every gate with its verdict and stop');
export const planOut = new Option('--plan-out <file>', 'write the plan to a file and stop');
export const plan = new Option('--plan <file>', 'land only if the plan is still the one in this file');
export const noWait = new Option('--no-wait', 'land and leave the outcome to be found later');
export const yes = new Option('--yes', 'do not ask before a production environment');
export const from = new Option('--from <environment>', 'where from, if more than one environment comes before');
export const release = new Option('--release <release>', 'an earlier release, by id, tag or digest');
export const all = new Option('--all', 'every app whose release differs');
export const gate = new Option(
  '--gate <gate...>',
  'verified, soak, checks, hold, freeze, or approvals outside production',
).makeOptionMandatory();
export const allowDowngrade = new Option('--allow-downgrade', 'also where the code is older than what runs');
export const allowDeletion = new Option(
  '--allow-deletion',
  'also where volumes, namespaces or much at once would be removed',
);

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Not a number of seconds above zero.');
  return value;
}

export function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Not a whole number.');
  return Number(text);
}
