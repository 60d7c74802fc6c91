import { UserError } from './errors.ts';

/** The commands that somebody may ask the pipeline for. */
export const requestable = [
  'promote',
  'override',
  'approve',
  'reconfigure',
  'rollback',
  'hold',
  'freeze',
  'quarantine',
  'retire',
] as const;

/** The workflow that carries requests out, and the one that reconciles. */
export const requestWorkflow = 'carry-out.yaml';
export const reconcileWorkflow = 'reconcile.yaml';

/** What somebody asks for at a command line, to be run by the pipeline instead. */
export interface Request {
  command: (typeof requestable)[number];
  apps: readonly string[];
  /** Which environment it concerns most: it is that one's secrets and queue that the run gets. */
  environment: string;
  /** As the command line gave them. */
  options: object;
}

/** The inputs of the workflow: texts, none of which a shell ever sees. */
export interface RequestInputs {
  command: string;
  /** Names with spaces between them. */
  apps: string;
  environment: string;
  /** A JSON list of further arguments, each an option: `["--release=abc"]`. */
  options: string;
}

/** What only concerns whoever asks, or stands in the other inputs. */
const left = new Set(['remote', 'json', 'dryRun', 'explain', 'planOut', 'plan', 'yes', 'to', 'env', 'request']);

/** How each of them names the environment; `--to` of a rollback is a release. */
const environmentOption: Record<Request['command'], 'to' | 'env' | undefined> = {
  promote: 'to',
  override: 'to',
  approve: 'to',
  reconfigure: 'env',
  rollback: 'env',
  hold: 'env',
  freeze: 'env',
  quarantine: undefined,
  retire: 'env',
};

/** Has an app leave every environment: each request names one, if only for its secrets and queue. */
const everywhere = '--everywhere';

export function requestInputs({ command, apps, environment, options }: Request): RequestInputs {
  const own = environmentOption[command];
  const given = Object.entries(options).filter(([key]) => !left.has(key) || (/^(to|env)$/.test(key) && key !== own));
  const words = given.flatMap(([key, value]) => argument(key, value));
  return { command, apps: apps.join(' '), environment, options: JSON.stringify(words) };
}

/** The arguments that inputs stand for; throws UserError (exit 2) for a command that nobody may ask for, or for odd options. */
export function requestArguments({ command, apps, environment, options }: RequestInputs): string[] {
  const known = requestable.find((each) => each === command);
  if (known === undefined) throw odd(`"${command}" cannot be asked for`, `it is one of ${requestable.join(', ')}`);
  const words = options.trim() === '' ? [] : parseOptions(options);
  const option = known === 'retire' && words.includes(everywhere) ? undefined : environmentOption[known];
  const names = apps.split(/\s+/).filter((name) => name !== '');
  // What follows the dashes is a name, whatever it looks like.
  return [known, ...(option === undefined ? [] : [`--${option}=${environment}`]), ...words, '--', ...names];
}

function argument(key: string, value: unknown): string[] {
  const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (value === false) return [`--no-${name}`];
  // Waiting is the rule, and has no option of its own.
  if (value === true) return key === 'wait' ? [] : [`--${name}`];
  if (Array.isArray(value)) return value.flatMap((each) => argument(key, each));
  return typeof value === 'string' || typeof value === 'number' ? [`--${name}=${value}`] : [];
}

function parseOptions(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((each) => typeof each === 'string' && /^--[a-z][a-z-]*(=|$)/.test(each))) {
      return value as string[];
    }
  } catch {
    // Said below.
  }
  throw odd(`${text} is not a list of options`, 'it looks like this: ["--release=0123456789ab", "--no-wait"]');
}

function odd(message: string, hint: string): UserError {
  return new UserError(message, { hint, exit: 'usage' });
}
