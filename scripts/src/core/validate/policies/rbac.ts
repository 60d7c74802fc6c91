import { listAt, ofKind, textAt } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const rbac: Policy = {
  id: 'rbac',
  requirements: ['SEC-6'],
  scope: 'both',
  reason: 'a wildcard grants what nobody has thought of, also of kinds that are yet to come',
  fix: 'list the groups, resources and verbs that are used',
  *check({ objects }) {
    for (const object of ofKind(objects, 'Role', 'ClusterRole')) {
      for (const [index, rule] of listAt(object.fields, 'rules').entries()) {
        for (const key of ['apiGroups', 'resources', 'verbs']) {
          if (listAt(rule, key).includes('*'))
            yield { object, path: ['rules', index, key], message: `grants every one of ${key}` };
        }
      }
    }
    for (const object of ofKind(objects, 'RoleBinding', 'ClusterRoleBinding')) {
      if (textAt(object.fields, 'roleRef', 'name') === 'cluster-admin')
        yield { object, path: ['roleRef', 'name'], message: 'makes somebody cluster-admin' };
    }
  },
};
