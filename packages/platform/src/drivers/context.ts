import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { writeAtomically } from '../files.ts';
import type { Host } from '../platform.ts';
import { run } from '../run.ts';
import type { Settings } from '../settings.ts';
import type { Paths } from '../state.ts';
import { linkTools } from '../tools.ts';
import { readContext } from './context/files.ts';
import { addressTowards, chosenAddress } from './context/host-address.ts';
import { pushWithSkopeo } from './context/push.ts';
import { hostOf, refuseProduction, requireRegistry } from './context/refusals.ts';
import type { Driver, HostCommand } from './driver.ts';
import { contextName } from './embedded/kubeconfigs.ts';
import { hasGuests, removeState, stopGuests } from './guests.ts';
import { renderKubeconfig } from './kubeconfig.ts';

const commands: readonly HostCommand[] = [
  { command: 'skopeo', package: 'skopeo', why: 'pushes the images to the registry of the cluster' },
];

/**
 * A cluster that is there already, by the name of a kubeconfig context, with a registry that it can pull from
 * (SLUICE_REGISTRY at the first start). What is applied to the cluster stays there after a stop.
 */
export function createContextDriver(
  paths: Paths,
  _settings: Settings,
  context: string,
  env: NodeJS.ProcessEnv = process.env,
): Driver {
  const registry = env['SLUICE_REGISTRY'] ?? readRegistry(paths);
  return {
    name: 'context',
    summary: `the cluster of the kubeconfig context ${context}`,
    localImages: false,
    tools: ['kubernetes'],
    commands,
    ports: [],
    kubeconfig: paths.kubeconfig,
    context: contextName,
    registry: registry ?? '',
    hostAddress: async () =>
      chosenAddress(env) ?? addressTowards(hostOf((await readContext(context, env)).cluster.server)),
    async check(host) {
      refuseProduction(await readContext(context, host.env), host.env);
      requireRegistry(context, registry);
      chosenAddress(host.env);
    },
    up: (host) => up(host, context, requireRegistry(context, registry)),
    isPresent: async (host) => hasGuests(host),
    async down(host, { purge }) {
      await stopGuests(host);
      host.progress.note(`what was applied to the cluster of "${context}" stays there`);
      await removeState(host, purge);
    },
    publishImage: (host, image) => pushWithSkopeo(host, requireRegistry(context, registry), image),
  };
}

async function up(host: Host, context: string, registry: string): Promise<void> {
  const step = host.progress.step(`cluster of the context ${context}`);
  try {
    const access = await readContext(context, host.env);
    refuseProduction(access, host.env);
    await writeAtomically(host.paths.kubeconfig, renderKubeconfig(access, contextName), 0o600);
    await writeAtomically(registryFile(host.paths), `${registry}\n`);
    const { bin } = await host.tool('kubernetes');
    const kubectl = bin['kubectl'] ?? 'kubectl';
    await linkTools(host.paths.bin, { kubectl });
    await requireAdmin(host, context, kubectl);
    step.done(hostOf(access.cluster.server));
  } catch (error) {
    step.fail();
    throw error;
  }
}

/** The platform brings custom resource definitions and cluster roles, which takes every right there is. */
async function requireAdmin(host: Host, context: string, kubectl: string): Promise<void> {
  const args = [
    '--kubeconfig',
    host.paths.kubeconfig,
    '--request-timeout=15s',
    'auth',
    'can-i',
    '*',
    '*',
    '--all-namespaces',
  ];
  // `kubectl auth can-i` ends with 1 for "no".
  const answer = await run(kubectl, args, { env: host.env, signal: host.signal }).catch((error: unknown) => {
    if (error instanceof UserError && /^no\b/.test(error.hint ?? '')) return 'no';
    throw error;
  });
  if (answer.trim() === 'yes') return;
  throw new UserError(`the context "${context}" may not do everything on its cluster`, {
    hint: 'choose a context of an administrator of a cluster that you may change as you like',
  });
}

function registryFile(paths: Paths): string {
  return join(paths.config, 'context-registry');
}

/** The registry of the last start, so that the next one and stop need no environment. */
function readRegistry(paths: Paths): string | undefined {
  try {
    return readFileSync(registryFile(paths), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
