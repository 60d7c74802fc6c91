import { attempt, run } from '../../run.ts';
import { cniNetwork } from './layout.ts';

/**
 * A dump of iptables-save without the lines of Kubernetes and CNI: their chains, rules in them and jumps to them. Where
 * another network of CNI is there as well, its chains stay, with those that networks share.
 * Everything else stays as it is, in its order.
 */
export function withoutOurLines(dump: string): string {
  const lines = dump.split('\n');
  const jumps = lines.flatMap((line) => {
    const [, network] = /name: \\"([^"\\]+)\\"/.exec(line) ?? [];
    const [, chain] = / -[jg] (CNI-\S+)/.exec(line) ?? [];
    return network === undefined || chain === undefined ? [] : [{ network, chain }];
  });
  const own = new Set(jumps.filter(({ network }) => network === cniNetwork).map(({ chain }) => chain));
  const isShared = jumps.some(({ network }) => network !== cniNetwork);
  const isOurs = (chain: string): boolean =>
    chain.startsWith('KUBE-') || (chain.startsWith('CNI-') && (!isShared || own.has(chain)));
  return lines.filter((line) => !chainsOf(line).some(isOurs)).join('\n');
}

/** The chain that a line is of, and the one that it jumps to. */
function chainsOf(line: string): string[] {
  const [, declared] = /^:(\S+)/.exec(line) ?? [];
  const [, of] = /^-A (\S+)/.exec(line) ?? [];
  const [, to] = of === undefined ? [] : (/ -[jg] (\S+)/.exec(line) ?? []);
  return [declared, of, to].filter((each) => each !== undefined);
}

/** Takes those lines out of the host's IPv4 and IPv6 rules, atomically per family, leaving all others untouched. */
export async function removeRules(env: NodeJS.ProcessEnv): Promise<void> {
  for (const family of ['iptables', 'ip6tables']) {
    const saved = await attempt(`${family}-save`, [], { env }).catch(() => undefined);
    if (saved?.code !== 0) continue;
    const rest = withoutOurLines(saved.stdout);
    if (rest !== saved.stdout) await run(`${family}-restore`, [], { env, input: rest });
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
