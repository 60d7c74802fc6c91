import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { RemoteLayout } from './layout.ts';

/** Where Git looks for configuration and certificates; every other GIT_* variable speaks of one repository or one push. */
const gitKept = new Set(['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM', 'GIT_SSL_CAINFO']);

const passed = [
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'XDG_DATA_HOME',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The environment without what Git sets for a hook (GIT_DIR, GIT_QUARANTINE_PATH, ...), which would bend every git command. */
export function withoutGitVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith('GIT_') || gitKept.has(key)));
}

export interface PipelineSettings {
  kubeconfig?: string | undefined;
  /** Folder with kubectl. */
  bin?: string | undefined;
  /** Folder of the Node.js that runs the pipeline. */
  node: string;
}

/**
 * The environment of the pipeline, the same whoever pushed: a fixed list of variables, and PATH with the project's Node.js
 * and tools before the absolute folders of the pusher's PATH and those of the system.
 */
export function pipelineEnvironment(
  env: NodeJS.ProcessEnv,
  layout: RemoteLayout,
  settings: PipelineSettings,
): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([key]) => passed.includes(key) || gitKept.has(key));
  const inherited = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const folders = [settings.node, settings.bin, ...inherited, ...systemFolders].filter((each) => each !== undefined);
  const storage = join(layout.state, 'images', 'storage.conf');
  return {
    ...Object.fromEntries(kept),
    PATH: [...new Set(folders)].join(delimiter),
    SLUICE_STATE: layout.state,
    ...(settings.kubeconfig === undefined ? {} : { KUBECONFIG: settings.kubeconfig }),
    ...(existsSync(storage) ? { CONTAINERS_STORAGE_CONF: storage } : {}),
  };
}
