import { dirname, isAbsolute, join } from 'node:path';
import { UserError, unknownName } from '@sluice/scripts/errors';
import { parse, stringify } from 'yaml';
import { z } from 'zod';

const body = z.record(z.string(), z.unknown());
const context = z.looseObject({ cluster: z.string(), user: z.string().optional(), namespace: z.string().optional() });

const schema = z.looseObject({
  clusters: z.array(z.object({ name: z.string(), cluster: body })).nullish(),
  users: z.array(z.object({ name: z.string(), user: body })).nullish(),
  contexts: z.array(z.object({ name: z.string(), context })).nullish(),
});

type Body = Record<string, unknown>;

/** One context of a kubeconfig with all that belongs to it. */
export interface ClusterAccess {
  context: string;
  clusterName: string;
  cluster: Body & { server?: string };
  user: Body;
  namespace: string | undefined;
}

/** Keys whose value is a path, relative to the file that it stands in. */
const paths = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/**
 * Finds a context in kubeconfig texts; as for kubectl, the first file that has a name decides what it is.
 * Relative paths become absolute. Throws UserError where a text is no kubeconfig or none has the context.
 */
export function findContext(files: readonly { file: string; text: string }[], wanted: string): ClusterAccess {
  const parsed = files.map(({ file, text }) => ({ file, value: parseKubeconfig(file, text) }));
  const names: string[] = [];
  let found: z.infer<typeof context> | undefined;
  for (const { value } of parsed) {
    for (const each of value.contexts ?? []) {
      names.push(each.name);
      if (each.name === wanted) found ??= each.context;
    }
  }
  if (found === undefined) throw unknownName('kubeconfig context', wanted, [...new Set(names)]);
  const { cluster: clusterName, user, namespace } = found;
  const cluster = bodyOf(
    'cluster',
    clusterName,
    ({ clusters }) => clusters?.find((each) => each.name === clusterName)?.cluster,
  );
  const credentials =
    user === undefined ? {} : bodyOf('user', user, ({ users }) => users?.find((each) => each.name === user)?.user);
  return { context: wanted, clusterName, cluster, user: credentials, namespace };

  function bodyOf(kind: string, name: string, pick: (value: z.infer<typeof schema>) => Body | undefined): Body {
    for (const { file, value } of parsed) {
      const entry = pick(value);
      if (entry !== undefined) return absolute(entry, dirname(file));
    }
    throw new UserError(`the kubeconfig context "${wanted}" names the ${kind} "${name}", which is not there`, {
      hint: 'see: kubectl config view',
    });
  }
}

/** A kubeconfig with this one access, its context under the name `as`; for a file of mode 600. */
export function renderKubeconfig(access: Pick<ClusterAccess, 'cluster' | 'user'>, as: string): string {
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': as,
      clusters: [{ name: as, cluster: access.cluster }],
      users: [{ name: as, user: access.user }],
      contexts: [{ name: as, context: { cluster: as, user: as } }],
    },
    { lineWidth: 0 },
  );
}

function parseKubeconfig(file: string, text: string): z.infer<typeof schema> {
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (cause) {
    throw new UserError(`${file} is not YAML: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new UserError(`${file} is no kubeconfig`, { hint: problems.join('\n') });
}

function absolute(body: Body, folder: string): Body {
  const entries = Object.entries(body).map(([key, value]): [string, unknown] => {
    const relative = paths.includes(key) && typeof value === 'string' && !isAbsolute(value);
    return [key, relative ? join(folder, value) : value];
  });
  return Object.fromEntries(entries);
}
