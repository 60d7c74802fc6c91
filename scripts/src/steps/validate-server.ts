import { setTimeout as pause } from 'node:timers/promises';
import { startJudge, type Judge } from '../adapters/api-server.ts';
import type { Config } from '../core/config.ts';
import type { Fields, RenderedObject } from '../core/diff/objects.ts';
import { UserError } from '../core/errors.ts';
import { at, mapAt, ofKind } from '../core/validate/fields.ts';
import { podSpecs } from '../core/validate/pod-specs.ts';
import type { Finding, Subject } from '../core/validate/policy.ts';
import { readObjects } from '../core/validate/read-objects.ts';
import type { Rendering } from './validate-builds.ts';

/** Milliseconds until admission policies have to be in force. */
const patience = 30_000;

/** What an API server finds in renderings of apps. */
export interface ServerJudge {
  find(subject: Subject): Promise<Finding[]>;
  stop(): Promise<void>;
}

/**
 * Starts an API server with the namespaces of apps, labelled as Argo CD labels them, with priority classes and with the
 * admission policies of production. Throws UserError where it has not been made yet.
 */
export async function startServerJudge(
  root: string,
  env: NodeJS.ProcessEnv,
  config: Config,
  { apps, platform }: { apps: readonly Rendering[]; platform: readonly Rendering[] },
): Promise<ServerJudge> {
  const judge = await startJudge(root, env);
  try {
    const labels = namespaceLabels(platform);
    const namespaces = new Set(
      apps.flatMap(({ text, root: from }) => readObjects(text, from).map(({ namespace }) => namespace ?? 'default')),
    );
    for (const name of [...namespaces, probe])
      await judge.keep({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    for (const { fields } of priorityClasses(platform)) await judge.keep(fields);
    const policies = admissionOf(config, platform);
    for (const object of policies) await judge.keep(object);
    if (policies.length > 0) await inForce(judge);
    return { find: (subject) => findWith(judge, subject), stop: judge.stop };
  } catch (error) {
    await judge.stop();
    throw error;
  }
}

/** Objects as they are, and each of their pods, since pod security refuses no workload but only what it makes. */
async function findWith(judge: Judge, { objects }: Subject): Promise<Finding[]> {
  const pods = podSpecs(objects).map(({ object, path, spec, labels }) => ({
    object,
    path,
    fields: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: object.name, namespace: object.namespace ?? 'default', labels },
      spec,
    } as Fields,
  }));
  const judged = [...objects.map((object) => ({ object, path: [], fields: object.fields })), ...pods];
  const found = await Promise.all(
    judged.map(
      async ({ object, path, fields }) =>
        (await judge.judge(fields))?.map((message): Finding => ({ object, path, message })) ?? [],
    ),
  );
  return found.flat();
}

const probe = 'sluice-validate';

/** Policies have their say a moment after they were applied: when what breaks them all is refused by one. */
async function inForce(judge: Judge): Promise<void> {
  const spec = { hostPID: true, containers: [{ name: 'app', image: 'app:latest' }] };
  const bad = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'bad', namespace: probe },
    spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec } },
  };
  for (let waited = 0; waited < patience; waited += 100) {
    if ((await judge.judge(bad))?.some((each) => each.includes('ValidatingAdmissionPolicy')) === true) return;
    await pause(100);
  }
  throw new UserError(`no admission policy is in force after ${patience / 1000} s`);
}

/** What Argo CD labels the namespaces with that it makes for apps. */
function namespaceLabels(platform: readonly Rendering[]): Fields {
  const sets = platform.flatMap(({ text, root }) => ofKind(readObjects(text, root), 'ApplicationSet'));
  const apps = sets.find(({ name }) => name === 'apps');
  return mapAt(apps?.fields, 'spec', 'template', 'spec', 'syncPolicy', 'managedNamespaceMetadata', 'labels');
}

/** Those that pods may name; several clusters have the same. */
function priorityClasses(platform: readonly Rendering[]): RenderedObject[] {
  const found = platform.flatMap(({ text, root }) => ofKind(readObjects(text, root), 'PriorityClass'));
  return [...new Map(found.map((each) => [each.name, each])).values()];
}

/** The admission policies of the cluster that production is in, with what they are told. */
function admissionOf(config: Config, platform: readonly Rendering[]): Fields[] {
  const cluster = config.environments.find(({ production }) => production)?.cluster;
  const found = platform.find(({ root }) => root === `infrastructure/clusters/${cluster}/admission`);
  return found === undefined
    ? []
    : readObjects(found.text, found.root)
        .map(({ fields }) => fields)
        .toSorted((a, b) => order(a) - order(b));
}

/** Namespaces come before what is in them. */
function order(fields: Fields): number {
  return at(fields, ['kind']) === 'Namespace' ? 0 : 1;
}
