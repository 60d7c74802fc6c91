import { readdir, readFile } from 'node:fs/promises';

/** The process whose command line has all of some words, and whose environment or working folder mentions `where` if given. */
export async function findProcess(words: readonly string[], where?: string): Promise<number | undefined> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || name === String(process.pid)) continue;
    const command = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    if (!words.every((word) => command.includes(word)) || /^(npm|npx|sh|pnpm|timeout|bash)\b/.test(command)) continue;
    if (where !== undefined) {
      const env = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
      if (!env.includes(where) && !command.includes(where)) continue;
    }
    if (/node/.test(command) || !command.startsWith('node')) return Number(name);
  }
  return undefined;
}

/** When a process started, in clock ticks since boot: field 22 of proc(5)'s stat. */
export async function startTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
