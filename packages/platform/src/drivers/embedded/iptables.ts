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
export function isOurs(line: string): boolean {
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
