import { isFieldsOf, listAt, ofKind, textAt, at } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const ingress: Policy = {
  id: 'ingress',
  requirements: ['K8S-17', 'E2', 'E9'],
  scope: 'apps',
  reason: 'an Ingress without a class is served by any controller or none, and one without a host takes every host',
  fix: 'set ingressClassName, tls and the host of every rule; a Rollout makes its canary Ingress itself',
  *check({ objects }) {
    for (const object of ofKind(objects, 'Ingress')) {
      if (textAt(object.fields, 'spec', 'ingressClassName') === undefined)
        yield { object, path: ['spec', 'ingressClassName'], message: 'has no ingressClassName' };
      if (listAt(object.fields, 'spec', 'tls').length === 0)
        yield { object, path: ['spec', 'tls'], message: 'serves without TLS' };
      for (const [index, rule] of listAt(object.fields, 'spec', 'rules').entries()) {
        if ((textAt(rule, 'host') ?? '') === '')
          yield { object, path: ['spec', 'rules', index, 'host'], message: 'has a rule without a host' };
      }
      const canary = textAt(object.fields, 'metadata', 'annotations', 'nginx.ingress.kubernetes.io/canary');
      const driven = ofKind(objects, 'Rollout').some(({ fields }) =>
        isFieldsOf(at(fields, ['spec', 'strategy', 'canary', 'trafficRouting'])),
      );
      if (canary === 'true' && driven)
        yield {
          object,
          path: ['metadata', 'annotations', 'nginx.ingress.kubernetes.io/canary'],
          message: 'is a canary Ingress beside a Rollout that makes its own',
        };
    }
  },
};
