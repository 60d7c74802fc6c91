import { connectCluster, type Cluster } from '../adapters/cluster.ts';
import type { Context } from '../context.ts';
import type { Environment } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { wantedSoak } from '../core/gates/soak.ts';
import { findEnvironment } from '../core/graph.ts';
import type { Landed } from '../core/reconcile.ts';
import { recordsOf, type DeliveryRecord } from '../core/record.ts';
import type { Observation } from '../core/soak/observation.ts';
import {
  healthOf,
  isVerified,
  isWorthWriting,
  observe,
  recordedUntil,
  type Health,
  type Watched,
} from '../core/soak/observe.ts';
import { soakEnds, soakOf, type Soak } from '../core/soak/progress.ts';
import { look, wantedBy, type Clusters } from './look.ts';
import { readObservations, readRecords } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';

/** A verified landing that later environments wait for, and what is on record of its app. */
export interface Soaking extends Watched {
  records: readonly DeliveryRecord[];
  /** How long each of them wants its release to have been healthy, in milliseconds. */
  wanted: number[];
}

/** What one look at a landing has shown, and what it adds to what is on record. */
export interface Sight {
  soaking: Soaking;
  health: Health;
  made: Observation[];
  /** It has to be written down now. */
  worth: boolean;
}

/**
 * Of what environments run, the verified landings whose release has not arrived yet where a soak is asked for. What the one
 * who looks has seen `before` of the same landings goes on from there.
 */
export async function readSoaking(
  { git, config, remote }: Repository,
  landed: readonly Landed[],
  children: readonly Environment[],
  before: readonly Soaking[] = [],
): Promise<Soaking[]> {
  const asking = children.filter((each) => wantedSoak(each) > 0);
  const waiting = landed.filter(isVerified).flatMap((each) => {
    const { app, environment, release } = each;
    const wanted = asking
      .filter((child) => child.after.includes(environment))
      .filter(
        ({ name }) =>
          !landed.some((at) => at.app === app && at.environment === name && at.release.release === release.release),
      )
      .map(wantedSoak);
    return wanted.length === 0 ? [] : [{ landed: each, wanted }];
  });
  if (waiting.length === 0) return [];
  const apps = [...new Set(waiting.map((each) => each.landed.app))];
  const refs = remoteRefs(remote);
  const [records, observations] = await Promise.all([
    readRecords(git, config, apps, refs),
    readObservations(git, config, apps, refs),
  ]);
  return waiting.map((each) => ({
    ...each,
    records: recordsOf(records, each.landed.app),
    observations: observations.filter(({ app }) => app === each.landed.app),
    seenUntil: before.find(({ landed: { app, commit } }) => app === each.landed.app && commit === each.landed.commit)
      ?.seenUntil,
  }));
}

/** Looks at landings in their clusters; what could not be asked is a trouble, in a line each. */
export async function lookAt(
  context: Context,
  { git, config, remote }: Repository,
  soaking: readonly Soaking[],
): Promise<{ sights: Sight[]; troubles: string[] }> {
  const sights: Sight[] = [];
  const troubles = new Set<string>();
  const { cluster, namespace } = config.argocd;
  const connect = (name: string): Promise<Cluster> => connectCluster(name, namespace, remote.kubeconfig);

  async function lookAtOne(each: Soaking, clusters: Clusters): Promise<Sight> {
    const { landed } = each;
    const compare = async (revision: string | undefined): Promise<'landed' | 'before'> => {
      const bytes = await git.objectId(`${revision}:${landed.app}`);
      return bytes !== undefined && bytes === (await git.objectId(`${landed.commit}:${landed.app}`))
        ? 'landed'
        : 'before';
    };
    const manifests = await git.text(`${landed.commit}:${landed.app}/manifests.yaml`);
    const health = healthOf(await look(clusters, wantedBy(landed.release, manifests ?? ''), compare));
    const { observed } = progress(each);
    const over = each.wanted.every((wanted) => observed >= wanted);
    const made = observe(each, health, context.clock.now(), over);
    const then = progress({ ...each, observations: [...each.observations, ...made] }).observed;
    const ends = each.wanted.some((wanted) => observed < wanted && then >= wanted);
    return { soaking: each, health, made, worth: isWorthWriting(each, made, ends, over) };
  }

  async function attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      troubles.add(`${what} could not be observed: ${error.message}`);
      return undefined;
    }
  }

  for (const [environment, together] of Map.groupBy(soaking, ({ landed }) => landed.environment)) {
    await attempt(environment, async () => {
      const apps = await connect(findEnvironment(config, environment).cluster);
      const clusters = { argocd: await connect(cluster), apps };
      const looks = together.map((each) =>
        attempt(`${each.landed.app} in ${environment}`, () => lookAtOne(each, clusters)),
      );
      sights.push(...(await Promise.all(looks)).filter((each) => each !== undefined));
    });
  }
  return { sights, troubles: [...troubles] };
}

/** When the next soak of a landing is over if it stays healthy; undefined where none is under way. */
export function nextEnd(soaking: Soaking): string | undefined {
  const soak = progress(soaking);
  const left = soaking.wanted.filter((each) => each > soak.observed);
  return left.length === 0 ? undefined : soakEnds(soak, Math.min(...left), recordedUntil(soaking));
}

function progress({ landed, records, observations }: Soaking): Soak {
  return soakOf(landed.release.release, landed.environment, { records, observations });
}
