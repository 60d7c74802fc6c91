import { UserError } from '@sluice/scripts/errors';
import type { Host } from '../platform.ts';

/** The folder with the upstream files of a tool, as the tool's pin lists them. */
export async function upstreamFiles(host: Pick<Host, 'files'>, name: string): Promise<string> {
  const files = await host.files(name);
  if (files !== undefined) return files;
  throw new UserError(`the tool ${name} has no upstream files`, {
    hint: `pin them under ${name} in infrastructure/local/tools.yaml`,
  });
}
