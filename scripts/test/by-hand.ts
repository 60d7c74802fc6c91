import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Workshop } from './workshop.ts';

/** Commits by hand on top of a deploy branch and pushes; gives what the remote said. */
export async function pushByHand(
  workshop: Workshop,
  branch: string,
  change: () => Promise<unknown>,
  message = 'By hand',
): Promise<string> {
  await workshop.git('fetch', '--quiet', 'local');
  await workshop.git('checkout', '--quiet', '--detach', `local/${branch}`);
  await change();
  await workshop.git('add', '--all');
  await workshop.git('commit', '--quiet', '--message', message);
  const head = await workshop.head(branch);
  try {
    await workshop.git('push', 'local', `HEAD:${branch}`);
    return 'accepted';
  } catch (error) {
    if ((await workshop.head(branch)) !== head) return 'refused, but the branch moved';
    return (error as { stderr: string }).stderr.replace(/^remote: /gm, '').replace(/ +$/gm, '');
  }
}

/** Changes a file of the work tree; one that does not exist is empty before. */
export async function edit(workshop: Workshop, path: string, change: (text: string) => string): Promise<void> {
  const file = join(workshop.clone, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, change(await workshop.read(path).catch(() => '')));
}
