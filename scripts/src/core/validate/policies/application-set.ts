import { at, listAt, ofKind, textAt } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const applicationSet: Policy = {
  id: 'application-set',
  requirements: ['GIT-13'],
  scope: 'platform',
  reason: 'an application set that finds less than before, for a moment or by a typo, deletes what runs',
  fix: 'goTemplate: true with goTemplateOptions [missingkey=error], syncPolicy.applicationsSync: create-update (or create-only) and preserveResourcesOnDeletion: true',
  *check({ objects }) {
    for (const object of ofKind(objects, 'ApplicationSet')) {
      if (at(object.fields, ['spec', 'goTemplate']) !== true)
        yield { object, path: ['spec', 'goTemplate'], message: 'does not use Go templates' };
      if (!listAt(object.fields, 'spec', 'goTemplateOptions').includes('missingkey=error'))
        yield { object, path: ['spec', 'goTemplateOptions'], message: 'writes "<no value>" where a key is missing' };
      if (
        !['create-update', 'create-only'].includes(
          textAt(object.fields, 'spec', 'syncPolicy', 'applicationsSync') ?? '',
        )
      )
        yield {
          object,
          path: ['spec', 'syncPolicy', 'applicationsSync'],
          message: 'deletes applications that it no longer finds',
        };
      if (at(object.fields, ['spec', 'syncPolicy', 'preserveResourcesOnDeletion']) !== true)
        yield {
          object,
          path: ['spec', 'syncPolicy', 'preserveResourcesOnDeletion'],
          message: 'takes what runs away with an application',
        };
    }
  },
};
