import { connectCluster, type Cluster } from '../adapters/cluster.ts';
import { UserError } from '../core/errors.ts';
import type { Cell, LiveCell } from '../core/overview.ts';
import { applicationName } from './look.ts';
import type { Repository } from './repository.ts';

/** A cell with what Argo CD says of it. */
export type Asked = Omit<LiveCell, 'landedAt'>;

/** One that Argo CD was not asked about. */
export function unasked(cell: Cell): Asked {
  return { ...cell, health: undefined, sync: undefined, link: undefined };
}

/** How to ask Argo CD for the health of what runs, again and again; it says why where it cannot be asked. */
export function createHealth({
  config,
  remote,
}: Repository): (cells: readonly Cell[]) => Promise<{ argocd: string; live: Asked[] }> {
  const { cluster: context, namespace } = config.argocd;
  let connected: { cluster: Cluster; url: string | undefined } | undefined;
  async function connect(): Promise<{ cluster: Cluster; url: string | undefined }> {
    const cluster = await connectCluster(context, namespace, remote.kubeconfig);
    const url = await cluster.argocdUrl().catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      return undefined;
    });
    return { cluster, url };
  }
  return async (cells) => {
    try {
      connected ??= await connect();
      const { cluster, url } = connected;
      const found = new Map((await cluster.applications()).map((each) => [each.metadata?.name, each.status]));
      const live = cells.map((cell): Asked => {
        const name = applicationName(cell.app, cell.environment);
        const seen = found.get(name);
        const link = url === undefined || !found.has(name) ? undefined : `${url}/applications/${namespace}/${name}`;
        return { ...cell, health: seen?.health?.status, sync: seen?.sync?.status, link };
      });
      return { argocd: 'asked', live };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { argocd: error.message, live: cells.map(unasked) };
    }
  };
}
