import { listAt, ofKind, textAt } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const appProject: Policy = {
  id: 'app-project',
  requirements: ['GIT-6', 'E11'],
  scope: 'platform',
  reason: 'a project that names everything permits everything',
  fix: 'list the repositories, the clusters with their namespaces, and the kinds that are used',
  *check({ objects }) {
    for (const object of ofKind(objects, 'AppProject')) {
      for (const [index, source] of listAt(object.fields, 'spec', 'sourceRepos').entries()) {
        if (source === '*')
          yield { object, path: ['spec', 'sourceRepos', index], message: 'takes manifests from any repository' };
      }
      for (const [index, destination] of listAt(object.fields, 'spec', 'destinations').entries()) {
        for (const key of ['server', 'name', 'namespace']) {
          if (textAt(destination, key) === '*')
            yield {
              object,
              path: ['spec', 'destinations', index, key],
              message: `reaches every ${key === 'namespace' ? 'namespace' : 'cluster'}`,
            };
        }
      }
      for (const [index, kind] of listAt(object.fields, 'spec', 'clusterResourceWhitelist').entries()) {
        if (textAt(kind, 'kind') === '*')
          yield {
            object,
            path: ['spec', 'clusterResourceWhitelist', index],
            message: 'makes every kind that is in no namespace',
          };
      }
    }
  },
};
