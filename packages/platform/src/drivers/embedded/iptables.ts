import { attempt, run } from '../../run.ts';

/**
 * A dump of iptables-save without the lines of Kubernetes and CNI: their chains, rules in them and jumps to them.
 * Everything else stays as it is, in its order.
 */
export function withoutOurLines(dump: string): string {
  return dump
    .split('\n')
    .filter((line) => !isOurs(line))
    .join('\n');
}

/** True for chains named KUBE-... or CNI-..., for rules inside them, and for rules that jump there or carry their comment. */
function isOurs(line: string): boolean {
  if (/^:(KUBE|CNI)-/.test(line)) return true;
  if (!line.startsWith('-A ')) return false;
  return /^-A (KUBE|CNI)-/.test(line) || / -[jg] (KUBE|CNI)-/.test(line);
}

/** Takes those lines out of the host's IPv4 and IPv6 rules, atomically per family, leaving all others untouched. */
export async function removeRules(env: NodeJS.ProcessEnv): Promise<void> {
  for (const family of ['iptables', 'ip6tables']) {
    const saved = await attempt(`${family}-save`, [], { env }).catch(() => undefined);
    if (saved?.code !== 0) continue;
    if (!saved.stdout.split('\n').some(isOurs)) continue;
    await run(`${family}-restore`, [], { env, input: withoutOurLines(saved.stdout) });
  }
}

/** The sets of addresses among some that network policies are put in force with: kube-router names them so. */
export function ourSets(names: string): string[] {
  return names.split('\n').filter((name) => /^(KUBE-(SRC|DST)-|inet6:KUBE-)/.test(name));
}

/** Removes those sets; no rule may name them any more. */
export async function removeSets(env: NodeJS.ProcessEnv): Promise<void> {
  const listed = await attempt('ipset', ['list', '-name'], { env }).catch(() => undefined);
  if (listed?.code !== 0) return;
  for (const name of ourSets(listed.stdout)) await run('ipset', ['destroy', name], { env });
}
