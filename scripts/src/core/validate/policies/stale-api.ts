import { at, listAt, textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Finding, Policy } from '../policy.ts';

/** API groups and versions that are gone or going, with what takes their place. */
const versions: readonly (readonly [RegExp, string])[] = [
  [/^external-secrets\.io\/v1(alpha|beta)1$/, 'external-secrets.io/v1'],
  [/^karpenter\.sh\/v1(alpha\d|beta1)$/, 'karpenter.sh/v1'],
  [/^networking\.istio\.io\/v1(alpha3|beta1)$/, 'networking.istio.io/v1'],
  [/^security\.istio\.io\/v1beta1$/, 'security.istio.io/v1'],
  [/^gateway\.networking\.k8s\.io\/v1(alpha2|beta1)$/, 'gateway.networking.k8s.io/v1'],
  [/^kyverno\.io\/v(1|2beta1)$/, 'policies.kyverno.io/v1'],
  [/^traefik\.containo\.us\//, 'traefik.io/v1alpha1'],
  [/^(policy|batch)\/v1beta1$/, 'the same group in v1'],
  [/^autoscaling\/(v1|v2beta[12])$/, 'autoscaling/v2'],
  [/^(extensions|networking\.k8s\.io|apps|rbac\.authorization\.k8s\.io)\/v1beta[12]$/, 'the same kind in v1'],
];

/** Annotations that nothing reads any more, or that a field has replaced. */
const annotations: Record<string, string> = {
  'service.kubernetes.io/topology-mode': 'spec.trafficDistribution',
  'service.kubernetes.io/topology-aware-hints': 'spec.trafficDistribution',
  'kubernetes.io/ingress.class': 'spec.ingressClassName',
  'seccomp.security.alpha.kubernetes.io/pod': 'securityContext.seccompProfile',
};

export const staleApi: Policy = {
  id: 'stale-api',
  requirements: ['S1', 'S2', 'S3', 'S4', 'S8', 'S9', 'S14', 'HPA-1', 'PDB-1'],
  scope: 'both',
  reason: 'what is deprecated stops working with an upgrade, and often silently',
  fix: 'write what takes its place',
  *check({ objects }) {
    for (const object of objects) {
      const now = versions.find(([pattern]) => pattern.test(object.apiVersion))?.[1];
      if (now !== undefined)
        yield {
          object,
          path: ['apiVersion'],
          message: `${object.apiVersion} is no longer served everywhere`,
          fix: `now ${now}`,
        };
      for (const [name, field] of Object.entries(annotations)) {
        if (textAt(object.fields, 'metadata', 'annotations', name) !== undefined) {
          yield {
            object,
            path: ['metadata', 'annotations', name],
            message: `the annotation ${name} is no longer read`,
            fix: `now ${field}`,
          };
        }
      }
      if (at(object.fields, ['spec', 'topologyKeys']) !== undefined)
        yield {
          object,
          path: ['spec', 'topologyKeys'],
          message: 'topologyKeys is gone',
          fix: 'now spec.trafficDistribution',
        };
      if (textAt(object.fields, 'spec', 'updatePolicy', 'updateMode') === 'Auto') {
        yield {
          object,
          path: ['spec', 'updatePolicy', 'updateMode'],
          message: 'restarts pods whenever it changes its mind',
          fix: 'updateMode "Off", and apply what it recommends',
        };
      }
      yield* solvers(object);
    }
    for (const { object, spec, path } of podSpecs(objects)) {
      if (textAt(spec, 'serviceAccount') !== undefined)
        yield {
          object,
          path: [...path, 'serviceAccount'],
          message: 'serviceAccount is deprecated',
          fix: 'now serviceAccountName',
        };
    }
  },
};

/** cert-manager's way to answer a challenge over HTTP. */
function* solvers(object: Finding['object']): Generator<Finding> {
  for (const [index, solver] of listAt(object.fields, 'spec', 'acme', 'solvers').entries()) {
    if (textAt(solver, 'http01', 'ingress', 'class') === undefined) continue;
    yield {
      object,
      path: ['spec', 'acme', 'solvers', index, 'http01', 'ingress', 'class'],
      message: 'http01.ingress.class writes an annotation that is no longer read',
      fix: 'now ingressClassName',
    };
  }
}
