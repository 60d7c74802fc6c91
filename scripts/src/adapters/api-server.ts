import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries, startApiServer, type KubernetesObject } from '@sluice/apiserver';
import { ensureFiles, stateFolder } from '@sluice/toolchain';
import { loadAll } from 'js-yaml';
import { UserError } from '../core/errors.ts';
import type { Fields } from '../core/diff/objects.ts';

/** A real API server that judges objects and runs none. */
export interface Judge {
  /** What it says against an object, refusing it or warning; undefined where it does not know the kind. */
  judge(object: Fields): Promise<string[] | undefined>;
  /** Keeps an object, such as a namespace or a policy; throws UserError where it is refused. */
  keep(object: Fields): Promise<void>;
  stop(): Promise<void>;
}

/** Tools whose kinds apps are made of. */
const definitions = ['argo-rollouts', 'traefik'];

/** Starts one, with the definitions of what apps are made of besides Kubernetes' own kinds. */
export async function startJudge(root: string, env: NodeJS.ProcessEnv): Promise<Judge> {
  const found = await findBinaries(root, env);
  if ('missing' in found) throw new UserError(found.missing, { hint: 'or validate without --server' });
  const server = await startApiServer(found.binaries);

  async function keep(object: Fields): Promise<void> {
    const { status, body } = await server.apply(object as unknown as KubernetesObject);
    if (status >= 300) throw new UserError(`the API server refuses ${object['kind'] as string}: ${body.message}`);
  }

  try {
    for (const tool of definitions) {
      const folder = await ensureFiles(tool, { root, state: stateFolder(env), env });
      for (const definition of definitionsIn(folder ?? root)) await keep(definition);
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    keep,
    async judge(object) {
      try {
        const { status, body, warnings } = await server.create(object as unknown as KubernetesObject, { dryRun: true });
        return [...(status >= 300 ? [body.message ?? `status ${status}`] : []), ...warnings];
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('the API server does not know')) return undefined;
        throw error;
      }
    },
    stop: () => server.stop(),
  };
}

function definitionsIn(folder: string): Fields[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((each) => /crd.*\.ya?ml$/.test(each) && !each.endsWith('install.yaml'))
    .flatMap((each) => loadAll(readFileSync(join(folder, each), 'utf8')) as Fields[])
    .filter((each) => each?.['kind'] === 'CustomResourceDefinition');
}
