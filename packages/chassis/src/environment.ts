import type * as z from 'zod';

/** Wrong settings, all of them at once: an expected failure, printed without a stack. */
export class ConfigError extends Error {
  constructor(service: string, problems: readonly string[]) {
    const count = problems.length === 1 ? 'one setting is' : `${problems.length} settings are`;
    super(
      [
        `${service} cannot start: ${count} wrong in its environment`,
        ...problems.map((problem) => `  ${problem}`),
        `correct apps/${service}/overlays/<environment>/environment.env, or the variable where ${service} was started by hand`,
      ].join('\n'),
    );
    this.name = 'ConfigError';
  }
}

/**
 * Settings read from environment variables by a schema whose keys are the variables' names.
 * An empty variable counts as unset: the downward API gives "" for a label that a pod does not have.
 * Values of variables whose names speak of secrets are not repeated in the message.
 *
 * @throws ConfigError listing every variable that is wrong or missing.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  service: string,
  schema: Schema,
  env: NodeJS.ProcessEnv,
): z.infer<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(
    service,
    result.error.issues.map((issue) => {
      const name = issue.path.join('.');
      return `${describe(name, given[name])}: ${issue.message}`;
    }),
  );
}

function describe(name: string, value: string | undefined): string {
  if (value === undefined) return `${name} (not set)`;
  return /secret|token|password|key|database/i.test(name) ? `${name}=…` : `${name}=${JSON.stringify(value)}`;
}
