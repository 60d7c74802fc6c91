import * as z from 'zod/mini';
import { isMap, type Document, type LineCounter } from 'yaml';
import { nearest, UserError } from './errors.ts';
import {
  fileSchema,
  knownKeys,
  type Config,
  type ConfigProblem,
  type FreezeWindow,
  type Profile,
  type ProfileGates,
} from './config-schema.ts';
import { graphProblems } from './graph.ts';
import { applyProfile, profileProblems } from './profile.ts';
import { readYaml } from './yaml.ts';

/** The file that configures the pipeline, at the root of the repository. */
export const configFile = 'gitops.config.yaml';

export type { Config, Environment, Strategy } from './config-schema.ts';

/**
 * Reads the text of the configuration, with the named profile applied over it, and `registry` over both.
 * Throws one UserError (exit 2) that lists every problem with file, line and column: syntax, unknown keys with the
 * nearest known one, wrong values, and an environment graph that cannot work.
 */
export function parseConfig(
  text: string,
  options: {
    file?: string;
    profile?: string | undefined;
    registry?: string | undefined;
    /** What is wrong with a freeze window, where there are any: calendars are not loaded for nothing. */
    windowProblem?: ((window: FreezeWindow) => string | undefined) | undefined;
  } = {},
): Config {
  const { file = configFile, profile: profileName } = options;
  const { document, lines, value, problems: unreadable } = readYaml(text);
  if (unreadable.length > 0) throw invalid(unreadable.map((each) => at(file, lines, each.offset, each.message)));

  const parsed = z.safeParse(fileSchema, value ?? {}, { reportInput: true });
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap(describeIssue);
    throw invalid(problems.map((problem) => locate(file, lines, document, problem)));
  }
  const { profiles, ...base } = parsed.data;

  const problems = graphProblems(base);
  const works = problems.length === 0;
  const known = base.environments.map((each) => each.name);
  for (const [profileKey, value] of Object.entries(profiles)) {
    const unknown = Object.keys(value.environments ?? {}).filter((key) => !known.includes(key));
    for (const key of unknown) {
      const message = `unknown environment "${key}"${guess(key, known)}`;
      problems.push({ path: ['profiles', profileKey, 'environments', key], message });
    }
    if (works) problems.push(...profileProblems(base, profileKey, value));
  }
  problems.push(...windowProblems(parsed.data, options.windowProblem ?? (() => undefined)));
  if (problems.length > 0) throw invalid(problems.map((problem) => locate(file, lines, document, problem)));
  if (profileName === undefined) return settle(base, options.registry);

  const chosen = profiles[profileName];
  if (chosen === undefined) {
    throw new UserError(`the remote asks for profile "${profileName}", which ${file} does not have`, {
      hint: `add it under profiles: (there are: ${Object.keys(profiles).join(', ') || 'none'})`,
      exit: 'usage',
    });
  }
  return settle(applyProfile(base, chosen), options.registry);
}

/** What is wrong with freeze windows, of the environments and of every profile, whether it applies here or not. */
function windowProblems(
  { environments, apps, profiles }: Pick<Config, 'environments' | 'apps'> & { profiles: Record<string, Profile> },
  check: (window: FreezeWindow) => string | undefined,
): ConfigProblem[] {
  const known = Object.keys(apps);
  function inGates(gates: ProfileGates | undefined, path: PropertyKey[]): ConfigProblem[] {
    return (gates?.freeze?.windows ?? []).flatMap((window, index) => {
      const at = [...path, 'gates', 'freeze', 'windows', index];
      const unread = check(window);
      const key = window.cron === undefined ? 'rrule' : 'cron';
      const strangers = (window.apps ?? []).filter((app) => !known.includes(app));
      return [
        ...(unread === undefined ? [] : [{ path: [...at, key], message: `${key} cannot be read: ${unread}` }]),
        ...strangers.map((app) => ({ path: [...at, 'apps'], message: `unknown app "${app}"${guess(app, known)}` })),
      ];
    });
  }
  return [
    ...environments.flatMap(({ gates }, index) => inGates(gates, ['environments', index])),
    ...Object.entries(profiles).flatMap(([profile, over]) =>
      Object.entries(over.environments ?? {}).flatMap(([name, { gates }]) =>
        inGates(gates, ['profiles', profile, 'environments', name]),
      ),
    ),
  ];
}

/** Puts in the registry that the remote names, if it does, and its address where a build argument says `{registry}`. */
function settle(config: Config, named: string | undefined): Config {
  const address = named ?? config.registry;
  const args = Object.entries(config.build.args).map(([key, value]) => [key, value.replace('{registry}', address)]);
  return { ...config, registry: address, build: { args: Object.fromEntries(args) } };
}

function describeIssue(issue: z.core.$ZodIssue): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path);
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: `unknown key "${key}"${guess(key, known)}`,
    }));
  }
  const key = issue.path.at(-1);
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const near = typeof issue.input === 'string' ? nearest(issue.input, values) : undefined;
    const meant = near === undefined ? '' : `, did you mean "${near}"?`;
    return [{ path: issue.path, message: `${String(key)} must be one of ${values.join(', ')}${meant}` }];
  }
  if (issue.code === 'invalid_type') {
    const what = issue.input === undefined ? 'is missing' : `must be of type ${issue.expected}`;
    return [{ path: issue.path, message: `${String(key ?? 'the file')} ${what}` }];
  }
  if (issue.code === 'invalid_key') {
    return [{ path: issue.path, message: `"${String(key)}" ${issue.issues[0]?.message ?? ''}` }];
  }
  return [{ path: issue.path, message: `${String(key)} ${issue.message}` }];
}

function guess(typed: string, known: readonly string[]): string {
  const near = nearest(typed, known);
  if (near !== undefined) return `, did you mean "${near}"?`;
  return known.length > 0 ? `; known: ${known.join(', ')}` : '';
}

function locate(file: string, lines: LineCounter, document: Document, problem: ConfigProblem): string {
  let path = [...problem.path];
  while (path.length > 0) {
    const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === String(path.at(-1))) : undefined;
    const node = pair?.key ?? document.getIn(path, true);
    const range = (node as { range?: [number, number, number] } | undefined)?.range;
    if (range !== undefined) return at(file, lines, range[0], problem.message);
    path = path.slice(0, -1);
  }
  return at(file, lines, 0, problem.message);
}

function at(file: string, lines: LineCounter, offset: number, message: string): string {
  const { line, col } = lines.linePos(offset);
  return `${file}:${line || 1}:${col || 1}: ${message}`;
}

function invalid(problems: string[]): UserError {
  const [first = '', ...rest] = problems;
  if (rest.length === 0) return new UserError(first, { exit: 'usage', hint: 'mend that line, then try again' });
  const shown = problems.slice(0, 20).map((each) => `  ${each}`);
  if (shown.length < problems.length) shown.push(`  and ${problems.length - shown.length} more`);
  return new UserError(`${problems.length} problems in the configuration\n${shown.join('\n')}`, {
    exit: 'usage',
    hint: 'mend these lines, then try again',
  });
}
