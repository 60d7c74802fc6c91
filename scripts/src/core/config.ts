import * as z from 'zod/mini';
import { isMap, LineCounter, parseDocument, type Document } from 'yaml';
import { nearest, UserError } from './errors.ts';
import { graphProblems } from './graph.ts';

/** The file that configures the pipeline, at the root of the repository. */
export const configFile = 'gitops.config.yaml';

const name = z
  .string()
  .check(z.regex(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/, 'is not a lower-case name of letters, digits and dashes'));
const gates = z.strictObject({ verified: z.optional(z.strictObject({})) });
const buildArgs = z.record(
  z.string().check(z.regex(/^[A-Z][A-Z0-9_]*$/, 'is not the name of a build argument')),
  z.string(),
);
const registry = z
  .string()
  .check(z.regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/, 'is not a registry address such as ghcr.io/acme'));
const environment = z.strictObject({
  name,
  cluster: name,
  namespace: z
    .string()
    .check(z.regex(/^[a-z0-9-]*(\{app\})?[a-z0-9-]*$/, 'is not a namespace, optionally with {app} in it')),
  after: z._default(z.array(name), []),
  delivery: z._default(z.boolean(), false),
  production: z._default(z.boolean(), false),
  gates: z._default(gates, {}),
});
const app = z.strictObject({
  strategy: z.enum(['rolling', 'canary', 'blue-green']),
  service: z.optional(name),
});
const schema = z.strictObject({
  registry,
  argocd: z.strictObject({ cluster: name, namespace: name }),
  environments: z.array(environment).check(z.minLength(1, 'names no environment')),
  apps: z.record(name, app),
  build: z._default(z.strictObject({ args: z._default(buildArgs, {}) }), { args: {} }),
});
const profile = z.strictObject({
  registry: z.optional(registry),
  argocd: z.optional(z.partial(z.strictObject({ cluster: name, namespace: name }))),
  environments: z.optional(
    z.record(
      name,
      z.strictObject({ cluster: z.optional(name), namespace: z.optional(z.string()), gates: z.optional(gates) }),
    ),
  ),
  build: z.optional(z.strictObject({ args: z.optional(buildArgs) })),
});
const fileSchema = z.extend(schema, { profiles: z._default(z.record(name, profile), {}) });

export type Environment = z.infer<typeof environment>;
export type Config = z.infer<typeof schema>;
export type Strategy = Config['apps'][string]['strategy'];

/** A problem with the configuration, at the path of keys that it concerns. */
export interface ConfigProblem {
  path: PropertyKey[];
  message: string;
}

/**
 * Reads the text of the configuration, with the named profile applied over it, and `registry` over both.
 * Throws one UserError (exit 2) that lists every problem with file, line and column: syntax, unknown keys with the
 * nearest known one, wrong values, and an environment graph that cannot work.
 */
export function parseConfig(
  text: string,
  options: { file?: string; profile?: string | undefined; registry?: string | undefined } = {},
): Config {
  const { file = configFile, profile: profileName } = options;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    throw invalid(document.errors.map((error) => at(file, lines, error.pos[0], error.message.split('\n')[0] ?? '')));
  }

  const parsed = z.safeParse(fileSchema, toValue(file, document));
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap(describeIssue);
    throw invalid(problems.map((problem) => locate(file, lines, document, problem)));
  }
  const { profiles, ...base } = parsed.data;

  const problems = graphProblems(base);
  for (const [profileKey, value] of Object.entries(profiles)) {
    for (const key of Object.keys(value.environments ?? {})) {
      const known = base.environments.map((each) => each.name);
      if (!known.includes(key)) {
        problems.push({
          path: ['profiles', profileKey, 'environments', key],
          message: `unknown environment "${key}"${guess(key, known)}`,
        });
      }
    }
  }
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

/** Puts in the registry that the remote names, if it does, and its address where a build argument says `{registry}`. */
function settle(config: Config, named: string | undefined): Config {
  const address = named ?? config.registry;
  const args = Object.entries(config.build.args).map(([key, value]) => [key, value.replace('{registry}', address)]);
  return { ...config, registry: address, build: { args: Object.fromEntries(args) } };
}

/** The document as plain data; an alias without its anchor shows only here. */
function toValue(file: string, document: Document): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw invalid([`${file}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function applyProfile(base: Config, chosen: z.infer<typeof profile>): Config {
  return {
    ...base,
    registry: chosen.registry ?? base.registry,
    argocd: { ...base.argocd, ...defined(chosen.argocd) },
    build: { args: { ...base.build.args, ...chosen.build?.args } },
    environments: base.environments.map((each) => {
      const over = chosen.environments?.[each.name];
      return { ...each, ...defined(over), gates: { ...each.gates, ...defined(over?.gates) } };
    }),
  };
}

function defined<T extends object>(value: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value ?? {}).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
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
    return [{ path: issue.path, message: `${String(key)} must be one of ${issue.values.join(', ')}` }];
  }
  if (issue.code === 'invalid_type') {
    const what = issue.input === undefined ? 'is missing' : `must be a ${issue.expected}`;
    return [{ path: issue.path, message: `${String(key ?? 'the file')} ${what}` }];
  }
  if (issue.code === 'invalid_key') {
    return [{ path: issue.path, message: `"${String(key)}" ${issue.issues[0]?.message ?? ''}` }];
  }
  return [{ path: issue.path, message: `${String(key)} ${issue.message}` }];
}

/** The keys that the schema allows at a path, to guess what a mistyped one was meant to be. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  const profileRest = path[0] === 'profiles' && path.length >= 2 ? path.slice(2) : undefined;
  const rest = profileRest ?? path;
  const inEnvironment = rest[0] === 'environments' && rest.length >= 2;
  if (rest.length === 0) return Object.keys(profileRest === undefined ? fileSchema.shape : profile.shape);
  if (inEnvironment && rest[2] === 'gates') return rest.length === 3 ? Object.keys(gates.shape) : [];
  if (inEnvironment) return Object.keys(environment.shape);
  if (rest[0] === 'apps' && rest.length === 2) return Object.keys(app.shape);
  if (rest[0] === 'argocd') return ['cluster', 'namespace'];
  return rest[0] === 'build' ? ['args'] : [];
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
  return new UserError(
    `${problems.length} problems in the configuration\n${problems.map((each) => `  ${each}`).join('\n')}`,
    {
      exit: 'usage',
      hint: 'mend these lines, then try again',
    },
  );
}
