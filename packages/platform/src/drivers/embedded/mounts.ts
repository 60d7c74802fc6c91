import { readFile, realpath } from 'node:fs/promises';
import { attempt } from '../../run.ts';

/** Mount points at or below `folder` in a text of the form of /proc/self/mounts, deepest first, the latest of equals first. */
export function mountsBelow(text: string, folder: string): string[] {
  return text
    .split('\n')
    .map((line) => line.split(' ')[1])
    .filter((point) => point !== undefined)
    .map(decode)
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .toReversed()
    .toSorted((a, b) => b.split('/').length - a.split('/').length);
}

/** Unmounts everything below a folder; what is still busy is detached and goes with its last user. */
export async function unmountBelow(folder: string): Promise<void> {
  // The kernel names mounts by their real paths; where there is no folder, nothing is mounted.
  const real = await realpath(folder).catch(() => folder);
  const points = mountsBelow(await readFile('/proc/self/mounts', 'utf8'), real);
  for (const point of points) {
    const { code } = await attempt('umount', [point]);
    if (code !== 0) await attempt('umount', ['--lazy', point]);
  }
  const left = mountsBelow(await readFile('/proc/self/mounts', 'utf8'), real);
  if (left.length > 0) throw new Error(`cannot unmount ${left.join(', ')}`);
}

/** proc_mounts(5): space, tab, newline and backslash are octal escapes. */
function decode(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
