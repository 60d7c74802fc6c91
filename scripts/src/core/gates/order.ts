import type { Gate } from './gate.ts';

/** The release is not built from older code than what runs, unless whoever asks says that it is meant. */
export const order: Gate = {
  name: 'order',
  kind: 'proposing',
  fixed: () => 'that older code is meant is said with --allow-downgrade',
  needs: () => ['order'],
  asked: (verb) => verb === 'promotion',
  evaluate({ app, environment, release, previous, order: found, allowed }) {
    const [next, running] = [release.imageRevision.slice(0, 12), previous?.imageRevision.slice(0, 12)];
    switch (found) {
      case 'first':
        return { gate: 'order', state: 'pass', evidence: `nothing of ${app} runs in ${environment.name}` };
      case 'same':
        return { gate: 'order', state: 'pass', evidence: `built from ${next} as what runs` };
      case 'newer':
        return { gate: 'order', state: 'pass', evidence: `built from ${next}, which contains ${running}` };
      case 'older':
      case 'apart': {
        const relation = found === 'older' ? 'is older than' : 'does not contain';
        const evidence = `built from ${next}, which ${relation} ${running}, which runs in ${environment.name}`;
        if (allowed.has('downgrade'))
          return { gate: 'order', state: 'pass', evidence: `${evidence}; asked for all the same` };
        return { gate: 'order', state: 'fail', final: true, evidence, next: 'add --allow-downgrade if that is meant' };
      }
      case undefined:
      default:
        return { gate: 'order', state: 'unknown', evidence: 'the revisions could not be compared' };
    }
  },
};
