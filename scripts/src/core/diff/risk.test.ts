import { describe, expect, it } from 'vitest';
import { fieldRisk, gravest, isGrave } from './risk.ts';

describe('fieldRisk', () => {
  it.each([
    ['Deployment', 'spec.template.spec.initContainers[a].image', 'image'],
    ['Deployment', 'spec.template.spec.containers[a].imagePullPolicy', 'other'],
    ['Rollout', 'spec.template.spec.containers[a].env[A].valueFrom.configMapKeyRef.name', 'env'],
    ['Deployment', 'spec.template.spec.containers[a].envFrom[0].configMapRef.name', 'env'],
    ['ConfigMap', 'data.A', 'env'],
    ['ConfigMap', 'metadata.labels.a', 'other'],
    ['Widget', 'data.A', 'other'],
    ['HorizontalPodAutoscaler', 'spec.maxReplicas', 'replicas'],
    ['ScaledObject', 'spec.minReplicaCount', 'replicas'],
    ['PodDisruptionBudget', 'spec.maxUnavailable', 'other'],
    ['ResourceQuota', 'spec.hard.pods', 'other'],
    ['StatefulSet', 'spec.volumeClaimTemplates[data].spec.resources.requests.storage', 'storage'],
    ['PersistentVolumeClaim', 'spec.resources.requests.storage', 'storage'],
    ['StorageClass', 'parameters.a', 'storage'],
    ['ClusterRoleBinding', 'subjects[a].name', 'rbac'],
    ['ServiceAccount', 'imagePullSecrets[0].name', 'rbac'],
    ['Rollout', 'spec.strategy.canary.maxSurge', 'other'],
    ['Service', 'spec.ports[http].port', 'network'],
    ['ServiceMonitor', 'spec.endpoints[0].port', 'other'],
    ['IngressRoute', 'spec.routes[0].match', 'network'],
    ['IngressClass', 'spec.controller', 'network'],
    ['NetworkPolicy', 'spec.ingress', 'network'],
    ['HTTPRoute', 'spec.rules[0]', 'network'],
  ])('of %s at %s is %s', (kind, path, risk) => {
    expect(fieldRisk(kind, path)).toBe(risk);
  });
});

describe('isGrave', () => {
  it('is a removal that takes data or other objects with it', () => {
    const kinds = ['Namespace', 'PersistentVolumeClaim', 'PersistentVolume', 'CustomResourceDefinition', 'StatefulSet'];

    expect(kinds.filter(isGrave)).toEqual(kinds);
    expect(isGrave('Deployment')).toBe(false);
  });
});

describe('gravest', () => {
  it('does not depend on the order', () => {
    expect(gravest(['other', 'image', 'deletion', 'env'])).toBe('deletion');
    expect(gravest([])).toBe('other');
  });
});
