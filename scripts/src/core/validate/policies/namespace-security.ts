import { listAt, ofKind, textAt } from '../fields.ts';
import type { Finding, Path, Policy } from '../policy.ts';

const key = 'pod-security.kubernetes.io/enforce';

export const namespaceSecurity: Policy = {
  id: 'namespace-security',
  requirements: ['SEC-1', 'SEC-2', 'SEC-5'],
  scope: 'both',
  reason:
    'a namespace without these labels takes any pod, and without a version a new Kubernetes decides what is allowed',
  fix: 'label it with pod-security.kubernetes.io/enforce (restricted for apps, at least baseline elsewhere) and enforce-version',
  *check({ objects }) {
    for (const object of ofKind(objects, 'Namespace'))
      yield* judge(object, ['metadata', 'labels'], ['restricted', 'baseline']);
    for (const object of ofKind(objects, 'Application', 'ApplicationSet')) {
      const policy: Path =
        object.kind === 'Application' ? ['spec', 'syncPolicy'] : ['spec', 'template', 'spec', 'syncPolicy'];
      if (listAt(object.fields, ...policy, 'syncOptions').includes('CreateNamespace=true'))
        yield* judge(object, [...policy, 'managedNamespaceMetadata', 'labels'], ['restricted', 'baseline']);
    }
  },
};

function* judge(object: Finding['object'], path: Path, allowed: readonly string[]): Generator<Finding> {
  const level = textAt(object.fields, ...path, key);
  const version = textAt(object.fields, ...path, `${key}-version`);
  if (level === undefined || !allowed.includes(level))
    yield { object, path: [...path, key], message: `enforces the pod security of ${level ?? 'no profile'}` };
  else if (version === undefined || version === 'latest')
    yield { object, path: [...path, `${key}-version`], message: `enforces ${level} of ${version ?? 'no version'}` };
}
