import { textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const imageRegistry: Policy = {
  id: 'image-registry',
  requirements: ['ADM-3', 'IMG-9'],
  scope: 'apps',
  reason: 'what runs comes from the registry that the pipeline pushes to, and that keeps what Git names',
  fix: 'copy the image there, or build it as a service',
  *check({ registry, objects }) {
    for (const { object, containers } of podSpecs(objects)) {
      for (const { name, fields, path } of containers) {
        const image = textAt(fields, 'image') ?? '';
        if (!image.startsWith(`${registry}/`))
          yield {
            object,
            path: [...path, 'image'],
            message: `container ${name} runs ${image}, which is not from ${registry}`,
          };
      }
    }
  },
};
