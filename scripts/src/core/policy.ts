import { stringify } from 'yaml';
import * as z from 'zod/mini';
import { UserError } from './errors.ts';
import { parseYaml } from './yaml.ts';

const name = z.string().check(z.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'is not a name'));
const instant = z.iso.datetime({ offset: true });
const stop = {
  reason: z.string().check(z.minLength(1, 'is empty')),
  /** `Name <mail>`. */
  by: z.string(),
  at: instant,
  /** When it ends by itself; absent: when it is lifted. */
  until: z.optional(instant),
};
const hold = z.strictObject({ app: name, ...stop });
const freeze = z.strictObject({
  /** Absent: all of them. */
  apps: z.optional(z.array(name).check(z.minLength(1, 'is empty'))),
  ...stop,
});
const quarantine = z
  .strictObject({
    app: name,
    release: z.optional(z.string().check(z.regex(/^[0-9a-f]{12}$/, 'is not 12 hex digits'))),
    digest: z.optional(z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/, 'is not a sha256 digest'))),
    ...stop,
  })
  .check(
    z.refine((each) => (each.release === undefined) !== (each.digest === undefined), 'names one release or digest'),
  );

const approval = z.strictObject({
  app: name,
  /** See approvalSubject in approval.ts. */
  subject: z.string().check(z.regex(/^[0-9a-f]{16}$/, 'is not 16 hex digits')),
  by: z.string(),
  at: instant,
});

const lifting = z.strictObject({
  /** In words, for whoever reads the file. */
  what: z.string(),
  /** See liftingSubject in lifting.ts. */
  subject: z.string().check(z.regex(/^[0-9a-f]{16}$/, 'is not 16 hex digits')),
  by: z.string(),
  at: instant,
});

/** Keep this app here as it is. */
export type Hold = z.infer<typeof hold>;
/** Keep this environment closed, for some apps or for all. */
export type Freeze = z.infer<typeof freeze>;
/** Never run this release, or any release with this image, again. */
export type Quarantine = z.infer<typeof quarantine>;

/** Somebody has looked at exactly these bytes and wants them here. */
export type Approval = z.infer<typeof approval>;

/** Somebody wants this stop to end. */
export type LiftingApproval = z.infer<typeof lifting>;

/** What stands in the way of changes to an environment, as its branch has it; the same head covers state and stops. */
export interface Policy {
  holds: readonly Hold[];
  freezes: readonly Freeze[];
  quarantines: readonly Quarantine[];
  approvals: readonly Approval[];
  liftings: readonly LiftingApproval[];
}

export const noPolicy: Policy = { holds: [], freezes: [], quarantines: [], approvals: [], liftings: [] };

const files = {
  'policy/holds.yaml': z.strictObject({ holds: z.array(hold) }),
  'policy/freeze.yaml': z.strictObject({ freezes: z.array(freeze) }),
  'policy/quarantine.yaml': z.strictObject({ quarantines: z.array(quarantine) }),
  'policy/approvals.yaml': z.strictObject({
    approvals: z.array(approval),
    liftings: z._default(z.array(lifting), []),
  }),
} as const;

/** The folder that a policy is kept in. */
export const policyFolder = 'policy';

/** The paths that a policy is kept at. */
export const policyFiles = Object.keys(files);

/**
 * Reads the policy among the texts of a deploy branch; a file that does not exist or is empty says nothing.
 * Throws UserError with file and key for one that cannot be read: a stop that nobody understands must not be passed.
 */
export function readPolicy(texts: ReadonlyMap<string, string>, branch: string): Policy {
  function read<T extends object>(path: string, schema: z.ZodMiniType<T>, empty: T): T {
    const where = `${branch}:${path}`;
    const value = parseYaml(texts.get(path) ?? '', where);
    if (value === null || value === undefined) return empty;
    const parsed = z.safeParse(schema, value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new UserError(`${where}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not a policy'}`, {
      hint: `git log -p ${branch} -- ${path} shows who wrote that`,
    });
  }
  return {
    ...read('policy/holds.yaml', files['policy/holds.yaml'], { holds: [] }),
    ...read('policy/freeze.yaml', files['policy/freeze.yaml'], { freezes: [] }),
    ...read('policy/quarantine.yaml', files['policy/quarantine.yaml'], { quarantines: [] }),
    ...read('policy/approvals.yaml', files['policy/approvals.yaml'], { approvals: [], liftings: [] }),
  };
}

/** The files of a policy, by path on the deploy branch. */
export function formatPolicy({ holds, freezes, quarantines, approvals, liftings }: Policy): Map<string, string> {
  const approved = liftings.length === 0 ? { approvals } : { approvals, liftings };
  const text = (about: string, value: object): string => `# ${about}\n${stringify(value, { lineWidth: 0 })}`;
  return new Map([
    ['policy/holds.yaml', text('Apps that stay here as they are.', { holds })],
    ['policy/freeze.yaml', text('When this environment is closed.', { freezes })],
    ['policy/quarantine.yaml', text('Releases that never come here again.', { quarantines })],
    ['policy/approvals.yaml', text('Who wants what to come here, and which stop to end.', approved)],
  ]);
}

/** The policy once apps have landed: what was approved of them has served. */
export function withoutApprovals(policy: Policy, apps: readonly string[]): Policy {
  return { ...policy, approvals: policy.approvals.filter((each) => !apps.includes(each.app)) };
}

/** Whether a stop stands at a time. */
export function stands({ until }: { until?: string | undefined }, now: Date): boolean {
  return until === undefined || now.getTime() < Date.parse(until);
}

/** When the last of several stops ends; undefined where one of them has no end. Instants are compared as such, whatever their offset. */
export function latest(ends: readonly (string | undefined)[]): string | undefined {
  const known = ends.filter((each) => each !== undefined);
  return known.length < ends.length ? undefined : known.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
}

/** The holds that stand on an app. */
export function holdsOn(policy: Policy, app: string, now: Date): Hold[] {
  return policy.holds.filter((each) => each.app === app && stands(each, now));
}

/** The quarantines that stand and concern an app with these releases: an image is bad whichever app it was found bad in. */
export function quarantinesOn(
  policy: Policy,
  app: string,
  releases: readonly ({ digest: string } | undefined)[],
  now: Date,
): Quarantine[] {
  const images = releases.map((each) => each?.digest);
  const concerns = (each: Quarantine): boolean =>
    each.app === app || (each.digest !== undefined && images.includes(each.digest));
  return policy.quarantines.filter((each) => concerns(each) && stands(each, now));
}

/** The freezes that stand and concern an app. */
export function freezesOn(policy: Policy, app: string, now: Date): Freeze[] {
  return policy.freezes.filter((each) => (each.apps?.includes(app) ?? true) && stands(each, now));
}

/** `by Ann <ann@example.com> at ..., until ...: reason`. */
export function describeStop({ by, at, until, reason }: Hold | Freeze | Quarantine): string {
  return `by ${by} at ${at}${until === undefined ? '' : `, until ${until}`}: ${reason}`;
}

/** The quarantine that covers a release, if any stands: of this release of the app, or of its image, whichever apps run that. */
export function quarantineOf(
  policy: Policy,
  app: string,
  release: { release: string; digest: string },
  now: Date,
): Quarantine | undefined {
  return policy.quarantines.find(
    (each) =>
      (each.digest === release.digest || (each.app === app && each.release === release.release)) && stands(each, now),
  );
}
