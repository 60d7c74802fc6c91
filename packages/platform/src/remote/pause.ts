import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteLayout } from './layout.ts';

/** While the platform is stopped, the remote accepts main and delivers nothing: an empty file `paused` says so. */
export function isPaused(layout: RemoteLayout): boolean {
  return existsSync(pauseFile(layout));
}

export async function pausePipeline(layout: RemoteLayout): Promise<void> {
  await writeFile(pauseFile(layout), '');
}

export async function resumePipeline(layout: RemoteLayout): Promise<void> {
  await rm(pauseFile(layout), { force: true });
}

function pauseFile(layout: RemoteLayout): string {
  return join(layout.folder, 'paused');
}
