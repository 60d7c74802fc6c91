import type { Identity } from '../core/identity.ts';
import type { Context } from '../context.ts';
import type { Environment } from '../core/config.ts';
import type { Running } from '../core/gates/index.ts';
import { wantedSoak } from '../core/gates/soak.ts';
import type { Landed } from '../core/reconcile.ts';
import type { Observation } from '../core/soak/observation.ts';
import type { Health } from '../core/soak/observe.ts';
import { readLanded } from './landed.ts';
import { lookAt, readSoaking, type Sight, type Soaking } from './observe.ts';
import { writeObservations } from './record.ts';
import type { Repository } from './repository.ts';

/** What is known of releases where they run, before an environment that asks for a soak. */
export interface Watch {
  running: Running[];
  /** What a look has added to what is on record, and what of that has to be written down before a landing that rests on it. */
  seen: Observation[];
  worth: Observation[];
}

/** How it is found out where releases run that would be promoted. */
export interface Watching {
  /** Ask clusters how they are there; else what is on record decides. */
  look?: boolean | undefined;
  /** What the environments before run, where that has been read already. */
  landed?: readonly Landed[] | undefined;
}

/**
 * Where releases run that would be promoted to an environment with a soak; `releases` has their ids by app. Where a cluster
 * does not answer, what is on record decides.
 */
export async function watchReleases(
  context: Context,
  repository: Repository,
  environment: Environment,
  releases: ReadonlyMap<string, string>,
  { look = false, landed: known }: Watching,
): Promise<Map<string, Watch> | undefined> {
  if (wantedSoak(environment) === 0) return undefined;
  const parents = repository.config.environments.filter(({ name }) => environment.after.includes(name));
  const landed = (known ?? (await readLanded(repository, parents))).filter(
    ({ app, release }) => releases.get(app) === release.release,
  );
  const soaking = await readSoaking(repository, landed, [environment]);
  const { sights, troubles } = look ? await lookAt(context, repository, soaking) : { sights: [], troubles: [] };
  for (const trouble of troubles) context.stderr.write(`${trouble}; what is on record decides\n`);
  return new Map(
    [...releases.keys()].map((app) => {
      const own = landed.filter((each) => each.app === app);
      const looked = sights.filter((each) => each.soaking.landed.app === app);
      const running = own.map((each): Running => {
        const watched = soaking.find((one) => one.landed === each);
        const sight = looked.find((one) => one.soaking === watched);
        const health = look && watched !== undefined ? (sight?.health ?? unasked) : undefined;
        return { environment: each.environment, watched: sight === undefined ? watched : after(sight), health };
      });
      const seen = looked.flatMap(({ made }) => made);
      return [app, { running, seen, worth: looked.flatMap(({ made, worth }) => (worth ? made : [])) }];
    }),
  );
}

const unasked: Health = { state: 'unclear', since: undefined, reason: 'its cluster could not be asked' };

/** Looks at landings that wait for a soak, and writes down what has to be, all of it in one commit. */
export async function watchSoaks(
  context: Context,
  repository: Repository,
  by: Identity,
  soaking: readonly Soaking[],
  dryRun = false,
): Promise<{ soaking: Soaking[]; written: Observation[]; troubles: string[] }> {
  const { sights, troubles } = await lookAt(context, repository, soaking);
  const written = sights.flatMap(({ made, worth }) => (worth ? made : []));
  if (!dryRun && written.length > 0) {
    await writeObservations(context, repository, by, written);
    await repository.git.fetch(repository.remote.name);
  }
  const looked = new Map(sights.map((each) => [each.soaking, each]));
  return { soaking: soaking.map((each) => remembered(each, looked.get(each))), written, troubles };
}

/** A landing with what was written down of it, or until when it has been healthy where that was not worth a commit. */
function remembered(soaking: Soaking, sight: Sight | undefined): Soaking {
  if (sight?.worth === true) return { ...after(sight), seenUntil: undefined };
  const last = sight?.made.at(-1);
  return last === undefined ? soaking : { ...soaking, seenUntil: Date.parse(last.to) };
}

/** What is known of a landing once it has been looked at. */
function after({ soaking, made }: Sight): Soaking {
  return { ...soaking, observations: [...soaking.observations, ...made] };
}
