import { ofKind, textAt } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const externalSecret: Policy = {
  id: 'external-secret',
  requirements: ['SCR-2'],
  scope: 'apps',
  reason:
    'without a refresh a rotated password never arrives, and without an owner the Secret stays when the app has gone',
  fix: 'set secretStoreRef, refreshInterval such as 1h, and target.creationPolicy: Owner',
  *check({ objects }) {
    for (const object of ofKind(objects, 'ExternalSecret')) {
      const interval = textAt(object.fields, 'spec', 'refreshInterval') ?? '1h';
      if (/^0[smh]?$/.test(interval))
        yield { object, path: ['spec', 'refreshInterval'], message: 'is never read again' };
      if (textAt(object.fields, 'spec', 'secretStoreRef', 'name') === undefined)
        yield { object, path: ['spec', 'secretStoreRef', 'name'], message: 'names no store' };
      const owner = textAt(object.fields, 'spec', 'target', 'creationPolicy') ?? 'Owner';
      if (owner !== 'Owner')
        yield {
          object,
          path: ['spec', 'target', 'creationPolicy'],
          message: `leaves its Secret behind: creationPolicy ${owner}`,
        };
    }
  },
};
