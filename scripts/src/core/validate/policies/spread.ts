import { at, isFieldsOf, isSelected, listAt, textAt } from '../fields.ts';
import { fewestPods, podSpecs, replicated } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const spread: Policy = {
  id: 'spread',
  requirements: ['SCH-1', 'SCH-5'],
  scope: 'apps',
  reason: 'pods that may all be on one node, or in one zone, are lost together',
  fix: 'add topologySpreadConstraints over kubernetes.io/hostname and topology.kubernetes.io/zone that select these pods',
  *check({ environment, objects }) {
    if (environment?.production !== true) return;
    for (const { object, spec, path, labels } of podSpecs(objects)) {
      if (!replicated.includes(object.kind) || fewestPods(object, objects) < 2) continue;
      const constraints = listAt(spec, 'topologySpreadConstraints');
      const where = [...path, 'topologySpreadConstraints'];
      const apart = isFieldsOf(at(spec, ['affinity', 'podAntiAffinity']));
      if (constraints.length === 0 && !apart)
        yield { object, path: where, message: `its pods may all be on one node in ${environment.name}` };
      for (const [index, each] of constraints.entries()) {
        if (!isSelected(labels, at(each, ['labelSelector'])))
          yield {
            object,
            path: [...where, index, 'labelSelector'],
            message: `spreads over ${textAt(each, 'topologyKey')} pods that are not its own`,
          };
      }
    }
  },
};
