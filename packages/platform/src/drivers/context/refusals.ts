import { UserError } from '@sluice/scripts/errors';
import type { ClusterAccess } from '../kubeconfig.ts';

/** A word of a name, between any characters that are no letters: `eks-prod-1`, `live.example`, but not `product`. */
const production = /(^|[^a-z])(prod|production|prd|live)([^a-z]|$)/i;

/**
 * Refuses a cluster that looks like production: by the name of the context or the cluster, or by its server.
 * SLUICE_FORCE_CONTEXT with exactly the context's name says that it is none.
 */
export function refuseProduction(access: ClusterAccess, env: NodeJS.ProcessEnv): void {
  const { context, clusterName, cluster } = access;
  if (env['SLUICE_FORCE_CONTEXT'] === context) return;
  const looks = [
    ['context', context],
    ['cluster', clusterName],
    ['server', hostOf(cluster.server)],
  ].find(([, name]) => production.test(name ?? ''));
  if (looks === undefined) return;
  throw new UserError(`the context "${context}" looks like production: its ${looks[0]} is ${looks[1]}`, {
    hint: [
      'the local platform installs controllers and custom resource definitions, and has no business there',
      `if it is no production: SLUICE_FORCE_CONTEXT=${context} pnpm start --context ${context}`,
    ].join('\n'),
    exit: 'blocked',
  });
}

/** A registry with a path, without a scheme: `registry.example/team/sluice`, `10.0.0.5:5000`. */
const registryName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

/** The registry to use; a UserError asks for one, since no cluster but a local one can pull from this machine. */
export function requireRegistry(context: string, registry: string | undefined): string {
  const example = `SLUICE_REGISTRY=<host>/<path> pnpm start --context ${context}`;
  if (registry === undefined || registry === '') {
    throw new UserError(`the cluster of the context "${context}" needs a registry that it can pull from`, {
      hint: `name one that this machine can push to: ${example}`,
      exit: 'usage',
    });
  }
  if (registryName.test(registry)) return registry;
  throw new UserError(`SLUICE_REGISTRY is "${registry}", which is no registry`, {
    hint: `host, port where it is not 443, and path, without https://: ${example}`,
    exit: 'usage',
  });
}

export function hostOf(server: string | undefined): string {
  return URL.canParse(server ?? '') ? new URL(server ?? '').hostname : '';
}
