import { listAt, ofKind, textAt } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const statefulSet: Policy = {
  id: 'stateful-set',
  requirements: ['K8S-20'],
  scope: 'apps',
  reason: 'the pods of a StatefulSet find each other by names that only a headless Service gives them',
  fix: 'set serviceName to a Service with clusterIP: None, and keep what the pods write in volumeClaimTemplates',
  *check({ objects }) {
    for (const object of ofKind(objects, 'StatefulSet')) {
      const name = textAt(object.fields, 'spec', 'serviceName');
      const service = ofKind(objects, 'Service').find((each) => each.name === name);
      if (textAt(service?.fields, 'spec', 'clusterIP') !== 'None')
        yield {
          object,
          path: ['spec', 'serviceName'],
          message:
            name === undefined
              ? 'names no Service'
              : `names the Service ${name}, which ${service === undefined ? 'is not there' : 'is not headless'}`,
        };
      if (listAt(object.fields, 'spec', 'volumeClaimTemplates').length === 0)
        yield {
          object,
          path: ['spec', 'volumeClaimTemplates'],
          message: 'keeps nothing: without volumes it is a Deployment',
        };
    }
  },
};
