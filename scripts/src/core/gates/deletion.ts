import { dangerousDeletions } from '../diff/deletions.ts';
import type { Gate } from './gate.ts';

/** Nothing is removed that takes data with it, and not much at once, unless whoever asks says that it is meant. */
export const deletion: Gate = {
  name: 'deletion',
  kind: 'proposing',
  fixed: () => 'that a removal is meant is said with --allow-deletion',
  asked: (verb) => verb === 'promotion' || verb === 'reconfiguration',
  evaluate({ app, environment, manifests, allowed }) {
    if (manifests === undefined)
      return { gate: 'deletion', state: 'unknown', evidence: 'there is no rendering to look at' };
    const found = dangerousDeletions(manifests.before ?? '', manifests.after, `${app} in ${environment.name}`);
    const parts = [
      ...(found.grave.length > 0 ? [`removes ${found.grave.join(', ')}`] : []),
      ...(found.many || found.empty ? [`removes ${found.removed} of ${found.objects} objects`] : []),
    ];
    if (parts.length === 0) return { gate: 'deletion', state: 'pass', evidence: 'removes nothing that matters' };
    const evidence = parts.join('; ');
    if (allowed.has('deletion'))
      return { gate: 'deletion', state: 'pass', evidence: `${evidence}; asked for all the same` };
    return {
      gate: 'deletion',
      state: 'fail',
      evidence,
      next: `pnpm run diff ${app} --to ${environment.name} shows it; add --allow-deletion if that is meant`,
    };
  },
};
