import { at, listAt, textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const emptyDir: Policy = {
  id: 'empty-dir',
  requirements: ['K8S-4'],
  scope: 'apps',
  reason: 'a folder without a limit fills the disk of its node, or with medium Memory the memory of its pod',
  fix: 'set emptyDir.sizeLimit',
  *check({ objects }) {
    for (const { object, spec, path } of podSpecs(objects)) {
      for (const [index, volume] of listAt(spec, 'volumes').entries()) {
        if (at(volume, ['emptyDir']) === undefined || at(volume, ['emptyDir', 'sizeLimit']) !== undefined) continue;
        yield {
          object,
          path: [...path, 'volumes', index, 'emptyDir', 'sizeLimit'],
          message: `volume ${textAt(volume, 'name')} has no sizeLimit`,
        };
      }
    }
  },
};
