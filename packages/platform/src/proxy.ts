import type { Settings } from './settings.ts';

/**
 * An environment in which no proxy is asked for what is on this host: the API server on the node's own address, pods and
 * Services. The same one where it names no proxy.
 */
export function withLocalDirect(env: NodeJS.ProcessEnv, { node, network }: Settings): NodeJS.ProcessEnv {
  if (!['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => Boolean(env[name]))) return env;
  const local = ['localhost', '127.0.0.0/8', node.address, network.pods, network.services, '.localhost', '.svc'];
  const named = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',').filter((each) => each !== '');
  const direct = [...new Set([...named, ...local])].join(',');
  return { ...env, NO_PROXY: direct, no_proxy: direct };
}
