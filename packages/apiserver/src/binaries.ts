import { findTool, stateFolder } from '@sluice/toolchain';

/** The two programs that an API server alone consists of. */
export interface Binaries {
  etcd: string;
  'kube-apiserver': string;
}

/** Either the programs, or why they are not there and what makes them. */
export type Found = { binaries: Binaries } | { missing: string };

/**
 * The pinned etcd and kube-apiserver, where they have been made already: from nothing they would take minutes.
 * @param root the repository's root
 */
export async function findBinaries(root: string, env: NodeJS.ProcessEnv): Promise<Found> {
  const options = { root, state: stateFolder(env), env };
  const etcd = (await findTool('etcd', options))?.bin['etcd'];
  const server = (await findTool('kubernetes', options))?.bin['kube-apiserver'];
  if (etcd !== undefined && server !== undefined) return { binaries: { etcd, 'kube-apiserver': server } };
  return {
    missing: `${server === undefined ? 'kube-apiserver' : 'etcd'} has not been made yet; pnpm run tools makes it`,
  };
}
