/** What a change puts at risk, the gravest first. */
const risks = ['deletion', 'storage', 'rbac', 'network', 'image', 'env', 'replicas', 'other'] as const;

export type Risk = (typeof risks)[number];

const kinds: readonly [RegExp, Risk][] = [
  [/^(PersistentVolume|StorageClass)/, 'storage'],
  [/^((Cluster)?Role|ServiceAccount$)/, 'rbac'],
  [/^(Service$|Ingress|NetworkPolicy|Gateway|\w+Route$|TraefikService$)/, 'network'],
];

const paths: readonly [RegExp, Risk][] = [
  [/^spec\.volumeClaimTemplates\b/, 'storage'],
  [/(^|\.)image$/, 'image'],
  [/(^|\.)env(From)?\b/, 'env'],
  [/(^|\.)(r|minR|maxR)eplica(s|Count)$/, 'replicas'],
];

const graveKinds = new Set([
  'Namespace',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'CustomResourceDefinition',
  'StatefulSet',
]);

/** Whether an object takes data or other objects with it when it is removed. */
export function isGrave(kind: string): boolean {
  return graveKinds.has(kind);
}

/** The risk of a change to a field, by the kind of its object and its path. */
export function fieldRisk(kind: string, path: string): Risk {
  if (/^(ConfigMap|Secret)$/.test(kind) && /^(data|stringData|binaryData)\b/.test(path)) return 'env';
  return (
    [...kinds.filter(([pattern]) => pattern.test(kind)), ...paths.filter(([pattern]) => pattern.test(path))][0]?.[1] ??
    'other'
  );
}

/** The gravest of some risks. */
export function gravest(found: readonly Risk[]): Risk {
  return risks.find((each) => found.includes(each)) ?? 'other';
}

/** Orders risks, the gravest first. */
export function compareRisk(a: Risk, b: Risk): number {
  return risks.indexOf(a) - risks.indexOf(b);
}
