import { attempt } from '../run.ts';
import type { PipelineSettings } from './environment.ts';
import type { RemoteLayout } from './layout.ts';

/** What the remote's own git config says of the platform. */
export async function readSettings(
  layout: RemoteLayout,
  env: NodeJS.ProcessEnv,
): Promise<Omit<PipelineSettings, 'node'>> {
  async function read(key: string): Promise<string | undefined> {
    const result = await attempt('git', ['-C', layout.repository, 'config', '--get', key], { env });
    return result.code === 0 ? result.stdout.trim() : undefined;
  }
  return { kubeconfig: await read('sluice.kubeconfig'), bin: await read('sluice.bin') };
}
