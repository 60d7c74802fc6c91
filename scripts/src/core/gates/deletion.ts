import { dangerousDeletions } from '../diff/deletions.ts';
import type { Gate, Verb } from './gate.ts';

/** Nothing is removed that takes data with it, and not much at once, unless whoever asks says that it is meant. */
export const deletion: Gate = {
  name: 'deletion',
  kind: 'proposing',
  fixed: () => 'that a removal is meant is said with --allow-deletion',
  asked: (verb) => verb !== 'rollback',
  evaluate({ app, verb, environment, manifests, allowed }) {
    if (manifests === undefined)
      return { gate: 'deletion', state: 'unknown', evidence: 'there is no rendering to look at' };
    const found = dangerousDeletions(manifests.before ?? '', manifests.after, `${app} in ${environment.name}`);
    const parts = [
      ...(found.grave.length > 0 ? [`removes ${found.grave.join(', ')}`] : []),
      // That everything goes is what a retirement is for.
      ...(verb !== 'retirement' && (found.many || found.empty)
        ? [`removes ${found.removed.length} of ${found.objects} objects: ${listed(found.removed)}`]
        : []),
    ];
    const harmless = verb === 'retirement' ? 'removes nothing that keeps data' : 'removes nothing that matters';
    if (parts.length === 0) return { gate: 'deletion', state: 'pass', evidence: harmless };
    const evidence = parts.join('; ');
    if (allowed.has('deletion'))
      return { gate: 'deletion', state: 'pass', evidence: `${evidence}; asked for all the same` };
    return {
      gate: 'deletion',
      state: 'fail',
      final: true,
      evidence,
      next: next[verb](app, environment.name),
    };
  },
};

function brought(app: string, environment: string): string {
  return `pnpm run diff ${app} --to ${environment} shows it; add --allow-deletion if that is meant`;
}

const next: Record<Verb, (app: string, environment: string) => string> = {
  delivery: (app) => `put back on main what went by mistake; if it is meant: pnpm run deliver --allow-deletion ${app}`,
  promotion: brought,
  override: brought,
  reconfiguration: () => 'put back in the overlay what went by mistake; add --allow-deletion if it is meant',
  rollback: () => '',
  retirement: () => 'add --delete-data if what they keep may be lost',
};

function listed(names: readonly string[]): string {
  const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
  return `${names.slice(0, 20).join(', ')}${more}`;
}
