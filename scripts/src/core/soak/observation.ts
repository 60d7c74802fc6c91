import * as z from 'zod/mini';

const instant = z.iso.datetime();
const schema = z
  .object({
    kind: z.literal('observation'),
    app: z.string(),
    environment: z.string(),
    release: z.string(),
    digest: z.string(),
    tag: z.string(),
    /** The commit on the deploy branch that was looked at. */
    landing: z.string(),
    healthy: z.boolean(),
    from: instant,
    to: instant,
    reason: z.string(),
  })
  .check(z.refine(({ from, to }) => Date.parse(from) <= Date.parse(to), 'ends before it begins'));

/** That a landing was healthy, or was not, from one instant to another: one JSON file on the records' branch. */
export type Observation = z.infer<typeof schema>;

/** Where an observation stands on its branch: beside the records of its landing, named after its end, so that none replaces another. */
export function observationPath({ app, environment, landing, healthy, to }: Observation): string {
  const at = to.replace(/[-:.]/g, '');
  return `${environment}/${app}/${landing.slice(0, 12)}-${healthy ? 'healthy' : 'unhealthy'}-${at}.json`;
}

/** Tells the files of observations from those of outcomes without reading them. */
export function isObservationPath(path: string): boolean {
  return /-(un)?healthy-[^/]+\.json$/.test(path);
}

export function formatObservation(observation: Observation): string {
  return `${JSON.stringify(observation, null, 2)}\n`;
}

/** Reads an observation; undefined for a file that is not one. */
export function parseObservation(text: string): Observation | undefined {
  try {
    return z.safeParse(schema, JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
