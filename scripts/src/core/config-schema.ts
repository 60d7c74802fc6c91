import * as z from 'zod/mini';
import { durationPattern } from './duration.ts';
import { strategies } from './strategy.ts';

const name = z
  .string()
  .check(z.regex(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/, 'is not a lower-case name of letters, digits and dashes'));
const zone = z.string().check(z.refine(isZone, 'is not a time zone such as Europe/Berlin'));
const duration = z.string().check(z.regex(durationPattern, 'is not a duration such as 90s, 10m, 64h or 7d'));

const freezeWindow = z
  .strictObject({
    cron: z.optional(z.string()),
    rrule: z.optional(z.string()),
    /** Where a rule begins, by the wall clock of its zone. */
    start: z.optional(
      z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'is not a time such as 2026-12-20T18:00')),
    ),
    for: duration,
    zone,
    apps: z.optional(z.array(name)),
    reason: z.optional(z.string()),
  })
  .check(z.refine((each) => (each.cron === undefined) !== (each.rrule === undefined), 'needs either cron or rrule'));

const provenance = z.strictObject({
  /** `owner/name` on github.com, else with its server in front. */
  repository: z
    .string()
    .check(z.regex(/^(https:\/\/[a-z0-9.-]+\/)?[\w.-]+\/[\w.-]+$/, 'is not a repository such as owner/name')),
  workflow: z._default(
    z.string().check(z.regex(/^\.github\/workflows\/[\w.-]+\.ya?ml$/, 'is not a file of .github/workflows')),
    '.github/workflows/deliver.yaml',
  ),
  ref: z._default(
    z.string().check(z.regex(/^refs\/(heads|tags)\/[\w./-]+$/, 'is not a ref such as refs/heads/main')),
    'refs/heads/main',
  ),
  /** Who says to the certificate authority which workflow runs. */
  issuer: z._default(
    z.string().check(z.regex(/^https:\/\/\S+$/, 'is not an address')),
    'https://token.actions.githubusercontent.com',
  ),
  /** A file of main with other trusted roots than those of the public Sigstore. */
  trustedRoot: z.optional(
    z.string().check(z.regex(/^(?!.*\.\.)[\w.][\w./-]*$/, 'is not the path of a file in this repository')),
  ),
});

const gates = z.strictObject({
  verified: z.optional(z.strictObject({})),
  /** How long a release has to be healthy in an environment before. */
  soak: z.optional(z.strictObject({ for: duration })),
  digest: z.optional(z.strictObject({})),
  freeze: z.optional(z.strictObject({ windows: z.array(freezeWindow) })),
  approvals: z.optional(z.strictObject({ count: z.int().check(z.minimum(0, 'is less than none')) })),
  provenance: z.optional(provenance),
  /** Every check of the commit where none is named. */
  checks: z.optional(z.strictObject({ required: z.optional(z.array(z.string())) })),
});
/** Gates as a profile gives them: null takes one of the base configuration away, as in a JSON merge patch (RFC 7396). */
const profileGates = z.strictObject(
  Object.fromEntries(Object.entries(gates.shape).map(([key, gate]) => [key, z.nullable(gate)])) as {
    [K in keyof typeof gates.shape]: z.ZodMiniNullable<(typeof gates.shape)[K]>;
  },
);
/** Whether what somebody asks for is written at once, or proposed as long as gates wait for something. */
const landing = z.enum(['direct', 'pull-request']);
const buildArgs = z.record(
  z.string().check(z.regex(/^[A-Z][A-Z0-9_]*$/, 'is not the name of a build argument')),
  z.string(),
);
/** Host, perhaps a port, and a path, as images are named with it. */
export const registryPattern = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;
const registry = z.string().check(z.regex(registryPattern, 'is not a registry address such as ghcr.io/owner'));
const namespace = z
  .string()
  .check(
    z.regex(
      /^([a-z0-9]([-a-z0-9]*[a-z0-9])?|([a-z0-9][-a-z0-9]*)?\{app\}([-a-z0-9]*[a-z0-9])?)$/,
      'is not a namespace, optionally with {app} in it',
    ),
  );
const environment = z.strictObject({
  name,
  cluster: name,
  namespace,
  after: z._default(z.array(name), []),
  delivery: z._default(z.boolean(), false),
  production: z._default(z.boolean(), false),
  /** Promoted without being asked, once its gates pass. */
  auto: z._default(z.boolean(), false),
  landing: z._default(landing, 'direct'),
  gates: z._default(gates, {}),
});
const app = z.strictObject({
  strategy: z.enum(strategies),
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
      z.strictObject({
        cluster: z.optional(name),
        namespace: z.optional(namespace),
        landing: z.optional(landing),
        gates: z.optional(profileGates),
      }),
    ),
  ),
  build: z.optional(z.strictObject({ args: z.optional(buildArgs) })),
});
export const fileSchema = z.extend(schema, { profiles: z._default(z.record(name, profile), {}) });

/** Times at which an environment is closed: by a cron pattern or an RRULE (RFC 5545), each lasting `for`. */
export type FreezeWindow = z.infer<typeof freezeWindow>;

/** Where an image has to come from. */
export type ProvenancePolicy = z.infer<typeof provenance>;

/** What an environment asks of changes to it, by the names of the gates. */
export type Gates = z.infer<typeof gates>;

/** A node of the promotion graph. */
export type Environment = z.infer<typeof environment>;
/** The configuration as it applies: no profiles, every default filled in. */
export type Config = z.infer<typeof schema>;
export type Profile = z.infer<typeof profile>;
export type ProfileGates = z.infer<typeof profileGates>;
export type Strategy = Config['apps'][string]['strategy'];

/** A problem with the configuration, at the path of keys that it concerns. */
export interface ConfigProblem {
  path: PropertyKey[];
  message: string;
}

/** The keys that the schema allows at a path, to guess what a mistyped one was meant to be. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  let at: z.core.$ZodType | undefined = fileSchema;
  for (const key of path) at = at === undefined ? undefined : below(at, key);
  const def = at === undefined ? undefined : defOf(at);
  return def?.type === 'object' ? Object.keys(def.shape) : [];
}

/** The schema of what stands at a key, or in a list; undefined where nothing may. */
function below(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  const def = defOf(schema);
  if (def.type === 'array') return def.element;
  if (def.type === 'record') return def.valueType;
  return def.type === 'object' ? def.shape[String(key)] : undefined;
}

/** What a schema is made of, whether it may be left out, be null, or has a default. */
function defOf(schema: z.core.$ZodType): z.core.$ZodTypes['_zod']['def'] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return 'innerType' in def ? defOf(def.innerType) : def;
}

function isZone(text: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
