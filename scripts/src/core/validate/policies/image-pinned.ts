import { textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

/** Apps by digest; what the platform brings at least by a version, since it is changed in Git alone. */
export const imagePinned: Policy = {
  id: 'image-pinned',
  requirements: ['TAG-2', 'TAG-3', 'ADM-3'],
  scope: 'both',
  reason: 'a tag can be moved to another image than the one that was tested',
  fix: 'use the name of the service, which the renderer gives its digest, or write name:version@sha256:…',
  *check({ app, objects }) {
    for (const { object, containers } of podSpecs(objects)) {
      for (const { name, fields, path } of containers) {
        const image = textAt(fields, 'image') ?? '';
        const digest = /@sha256:[0-9a-f]{64}$/.test(image);
        const tag = /:([^:/@]+)(@|$)/.exec(image)?.[1];
        if (tag === 'latest')
          yield {
            object,
            path: [...path, 'image'],
            message: `container ${name} runs ${image}, whatever that is by then`,
          };
        else if (app !== undefined && !digest)
          yield {
            object,
            path: [...path, 'image'],
            message: `container ${name} runs ${image === '' ? 'no image' : image}, without a digest`,
          };
      }
    }
  },
};
