import type { RenderCache } from '../adapters/render-cache.ts';
import type { Config } from '../core/config.ts';
import { digestOf } from '../core/snapshot.ts';
import { describePolicy, judge, type Judged } from '../core/validate/judge.ts';
import { locate } from '../core/validate/locate.ts';
import { nameOf, type Subject } from '../core/validate/policy.ts';
import { policies } from '../core/validate/policies/index.ts';
import { areaOf, mergeProblems, type Problem } from '../core/validate/problem.ts';
import { readObjects } from '../core/validate/read-objects.ts';
import { createSchemaCheck, type SchemaCheck } from '../core/validate/schema.ts';
import schemas from '../core/validate/schemas.json' with { type: 'json' };
import type { Files } from '../core/validate/sources.ts';
import { fileOf, renderApps, renderPlatform, type Rendering } from './validate-builds.ts';
import { failures, fileProblems } from './validate-files.ts';
import type { ServerJudge } from './validate-server.ts';
import { waive, waiversOf } from './validate-waivers.ts';

export interface ToValidate {
  files: Files;
  config: Config;
  apps: readonly string[];
  environments: Config['environments'];
  /** Whether the platform's kustomizations are judged too; they are read in any case. */
  platform: boolean;
  /** `2026-11-27` */
  today: string;
  /** Keeps renderings, and what was found in them where `version` names the code that judges. */
  cache?: RenderCache | undefined;
  version?: string | undefined;
  /** Has the charts of clusters judged as well. */
  charts?: ((files: Files) => Promise<Rendering[]>) | undefined;
  /** Has a real API server judge the apps as well. */
  server?: ((renderings: { apps: Rendering[]; platform: Rendering[] }) => Promise<ServerJudge>) | undefined;
}

export interface Verdict {
  problems: Problem[];
  renderings: number;
  objects: number;
}

/** Everything that is wrong with some apps in some environments, and with the platform. */
export async function validate(request: ToValidate): Promise<Verdict> {
  const { files, config, cache } = request;
  const wanted = request.apps.flatMap((app) => request.environments.map((environment) => ({ app, environment })));
  const [platform, apps] = await Promise.all([renderPlatform(files, cache), renderApps(files, config, wanted, cache)]);
  const charts = (await request.charts?.(files)) ?? [];
  const judged = [...apps, ...(request.platform ? platform : []), ...charts];
  const server = await request.server?.({ apps, platform });
  const find = createFinder(request, platform, server);
  const verdicts = await stopping(server, () => Promise.all(judged.map((each) => find(each))));
  const found = [...verdicts.flatMap(({ problems }) => problems), ...fileProblems(request)];
  const { waivers, problems } = waiversOf(files, config);
  const { left, unused } = waive(found, waivers, request);
  return {
    problems: mergeProblems([...left, ...problems, ...unused]),
    renderings: judged.length,
    objects: verdicts.map(({ objects }) => objects).reduce((a, b) => a + b, 0),
  };
}

/** What an action gives; the server has been stopped then, however it ended. */
async function stopping<T>(server: ServerJudge | undefined, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } finally {
    await server?.stop();
  }
}

interface Kept {
  objects: number;
  found: Judged[];
}

/** Judges renderings, each once for as long as neither it nor the platform nor the rules have changed. */
function createFinder(
  { config, files, cache, version }: ToValidate,
  platform: readonly Rendering[],
  server: ServerJudge | undefined,
): (rendering: Rendering) => Promise<{ problems: Problem[]; objects: number }> {
  let known: readonly Subject['objects'][number][] | undefined;
  let check: SchemaCheck | undefined;
  const around = digestOf([version ?? '', config.registry, ...platform.map(({ text }) => text)]);

  function subjectOf({ app, environment, root, text }: Rendering): Subject {
    known ??= platform.flatMap((each) => readObjects(each.text, each.root));
    const objects = readObjects(text, root);
    return { app, environment, registry: config.registry, objects, platform: known };
  }

  function judgeNow(rendering: Rendering): Kept {
    check ??= createSchemaCheck(schemas);
    const subject = subjectOf(rendering);
    return { objects: subject.objects.length, found: judge(subject, check, rendering.raw === true ? [] : policies) };
  }

  async function judged(rendering: Rendering): Promise<Kept> {
    if (cache === undefined || version === undefined) return judgeNow(rendering);
    const { app = '', environment, text, root } = rendering;
    const key = digestOf(['judged', around, app, environment?.name ?? '', String(environment?.production), root, text]);
    const kept = await cache.get(key);
    if (kept !== undefined) return JSON.parse(kept) as Kept;
    const made = judgeNow(rendering);
    await cache.put(key, JSON.stringify(made));
    return made;
  }

  async function judgedByServer(rendering: Rendering): Promise<Judged[]> {
    if (server === undefined || rendering.app === undefined) return [];
    const subject = subjectOf(rendering);
    const fix = 'change what it names; a waiver here does not change what the cluster says';
    return (await server.find(subject)).map(({ object, path, message }) => ({
      policy: 'server',
      object: subject.objects.indexOf(object),
      path,
      message,
      fix,
    }));
  }

  return async (rendering) => {
    if (rendering.failure !== undefined) return { problems: failures(files, rendering, rendering.failure), objects: 0 };
    const { objects: count, found: offline } = await judged(rendering);
    const found = [...offline, ...(await judgedByServer(rendering))];
    if (found.length === 0) return { problems: [], objects: count };
    const { objects } = subjectOf(rendering);
    const parts = rendering.parts();
    const environments = rendering.environment === undefined ? [] : [rendering.environment.name];
    const problems = found.flatMap(({ policy, object: index, path, message, fix }): Problem[] => {
      const object = objects[index];
      if (object === undefined) return [];
      const place = locate(parts, object, path) ?? { file: fileOf(rendering), line: 1 };
      return [
        {
          ...place,
          area: areaOf(rendering.root),
          policy,
          ...describePolicy(policy),
          object: nameOf(object),
          environments,
          message,
          fix,
        },
      ];
    });
    // What another kustomization brings along is judged there.
    const own =
      rendering.app === undefined ? problems.filter(({ file }) => file.startsWith(`${rendering.root}/`)) : problems;
    return { problems: own, objects: count };
  };
}
