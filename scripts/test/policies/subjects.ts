import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseConfig } from '../../src/core/config.ts';
import type { Fields, RenderedObject, Value } from '../../src/core/diff/objects.ts';
import { readObjects } from '../../src/core/validate/read-objects.ts';
import { nameOf, type Finding, type Policy, type Subject } from '../../src/core/validate/policy.ts';
import { renderApps, renderPlatform } from '../../src/steps/validate-builds.ts';
import { invalidTrees, validTree } from '../manifests.ts';
import { memoryCache } from '../memory-cache.ts';

/** One edit of a valid subject, and what policies may say of it. */
interface Case {
  it: string;
  /** `shop prod` unless it says so; `argocd` and `infrastructure/router` are the platform's. */
  in?: string;
  /** Objects as `Kind/name`, each with JSON pointers (RFC 6901) and what is to stand there; null takes it away. */
  set?: Record<string, Record<string, Value>>;
  drop?: string[];
  add?: Fields[];
  platform?: Fields[];
}

/** Something to judge, by what it is called. */
export type Subjects = Map<string, Subject>;

const cache = memoryCache();
const folder = join(import.meta.dirname, 'cases');

/** What the trees of fixtures render to: `<tree>: <app> <environment>` or `<tree>: <folder of the platform>`. */
export async function fixtureSubjects(): Promise<Subjects> {
  const trees = [['valid', new Map<string, string>()] as const, ...invalidTrees()];
  const all: Subjects = new Map();
  for (const [name, changes] of trees) {
    const files = validTree(changes);
    const config = parseConfig(files.get('gitops.config.yaml') ?? '');
    const wanted = Object.keys(config.apps).flatMap((app) =>
      config.environments.map((environment) => ({ app, environment })),
    );
    const roots = await renderPlatform(files, cache);
    const platform = roots.flatMap(({ text, root }) => readObjects(text, root));
    for (const { app, environment, root, text } of [...roots, ...(await renderApps(files, config, wanted, cache))]) {
      const called = app === undefined ? root : `${app} ${environment?.name}`;
      all.set(`${name}: ${called}`, {
        app,
        environment,
        registry: config.registry,
        objects: readObjects(text, root),
        platform,
      });
    }
  }
  return all;
}

/** The cases of a policy, as edits of the valid subjects. */
export function caseSubjects(policy: string, fixtures: Subjects): Subjects {
  const file = `${policy}.yaml`;
  if (!readdirSync(folder).includes(file)) return new Map();
  const cases = parse(readFileSync(join(folder, file), 'utf8')) as Case[];
  return new Map(cases.map((each) => [each.it, edited(each, fixtures)]));
}

/** What a policy finds in some subjects: `Kind/name /json/pointer: message`, by what they are called. */
export function findingsOf(policy: Policy, subjects: Subjects): Map<string, string[]> {
  return new Map(
    [...subjects].map(([name, subject]) => {
      const scope = subject.app === undefined ? 'platform' : 'apps';
      const found = policy.scope === 'both' || policy.scope === scope ? [...policy.check(subject)] : [];
      return [name, found.map(lineOf)];
    }),
  );
}

function lineOf({ object, path, message, fix }: Finding): string {
  return `${nameOf(object)} /${path.join('/')}: ${message}${fix === undefined ? '' : ` (${fix})`}`;
}

function edited(
  { it, in: where = 'shop prod', set = {}, drop = [], add = [], platform = [] }: Case,
  fixtures: Subjects,
): Subject {
  const subject = fixtures.get(`valid: ${where}`);
  if (subject === undefined) throw new Error(`${it}: there is no subject "${where}"`);
  const { namespace } = subject.objects[0] ?? {};
  const objects = structuredClone(subject.objects.filter((each) => !drop.includes(nameOf(each))));
  for (const [name, changes] of Object.entries(set)) {
    const found = objects.find((each) => nameOf(each) === name || nameOf(each).startsWith(`${name}-`));
    if (found === undefined) throw new Error(`${it}: there is no ${name}`);
    for (const [pointer, value] of Object.entries(changes)) put(found, pointer, value, it);
  }
  return {
    ...subject,
    objects: [...objects, ...add.map((each) => objectOf(each, namespace))],
    platform: [...subject.platform, ...platform.map((each) => objectOf(each, namespace))],
  };
}

function put(object: RenderedObject, pointer: string, value: Value, it: string): void {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at: Value = object.fields;
  for (const key of keys.slice(0, -1)) {
    const holder = at as Record<string, Value>;
    holder[key] ??= {};
    at = holder[key];
  }
  const last = keys.at(-1) ?? '';
  if (typeof at !== 'object' || at === null) throw new Error(`${it}: nothing stands at ${pointer}`);
  if (value !== null) (at as Record<string, Value>)[last] = value;
  else if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete at[last];
  if (pointer === '/apiVersion') object.apiVersion = value as string;
}

function objectOf(fields: Fields, namespace: string | undefined): RenderedObject {
  const metadata = fields['metadata'] as { name: string; namespace?: string };
  return {
    apiVersion: fields['apiVersion'] as string,
    kind: fields['kind'] as string,
    name: metadata.name,
    namespace: metadata.namespace ?? namespace,
    fields,
  };
}
