import * as z from 'zod/mini';
import { isNode } from 'yaml';
import { parseYamlText } from '../yaml.ts';
import type { Place } from './locate.ts';

/** Lies beside what it is about: apps/<app>/waivers.yaml, infrastructure/waivers.yaml, argocd/waivers.yaml. */
export const waiverFile = 'waivers.yaml';

const day = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/, 'is not a day such as 2027-03-31'));
const waiver = z.strictObject({
  policy: z.string(),
  /** `Deployment/web`, or with `*` for any part of a name. */
  object: z.string().check(z.regex(/^[A-Za-z]+\/\S+$/, 'is not a kind and a name such as Deployment/web')),
  environments: z.optional(z.array(z.string())),
  reason: z.string().check(z.minLength(10, 'is too short to tell anybody why')),
  owner: z.string().check(z.minLength(1, 'names nobody')),
  expires: day,
});
const schema = z.strictObject({ waivers: z.array(waiver) });

/** Leave for an object not to follow a policy, for a time. */
export type Waiver = z.infer<typeof waiver> & { place: Place; folder: string };

export interface WaiverProblem {
  place: Place;
  message: string;
}

/** The waivers of a file, and what is wrong with it. `policies` are the names that a waiver may have. */
export function readWaivers(
  file: string,
  text: string,
  policies: readonly string[],
): { waivers: Waiver[]; problems: WaiverProblem[] } {
  const { document, lines, value } = parseYamlText(text, file);
  const folder = file.slice(0, -waiverFile.length - 1);
  function placeOf(path: readonly PropertyKey[]): Place {
    for (let length = path.length; length >= 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return { file, line: lines.linePos(node.range[0]).line || 1 };
    }
    return { file, line: 1 };
  }
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message, ...issue }) => {
      const keys = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : undefined;
      return {
        place: placeOf(path),
        message: keys === undefined ? `${path.join('.')}: ${message}` : `unknown key ${keys}`,
      };
    });
    return { waivers: [], problems };
  }
  const waivers = parsed.data.waivers.map((each, index) => ({ ...each, folder, place: placeOf(['waivers', index]) }));
  const unknown = waivers.filter((each) => !policies.includes(each.policy));
  return {
    waivers,
    problems: unknown.map((each) => ({ place: each.place, message: `there is no policy "${each.policy}"` })),
  };
}

/** Whether a waiver is for an object in an environment (undefined of the platform), by a policy. */
export function isFor(waiver: Waiver, policy: string, object: string, environment: string | undefined): boolean {
  if (waiver.policy !== policy) return false;
  if (waiver.environments !== undefined && !waiver.environments.includes(environment ?? '')) return false;
  const pattern = waiver.object.split('*').map(RegExp.escape).join('.*');
  return new RegExp(`^${pattern}$`).test(object);
}
