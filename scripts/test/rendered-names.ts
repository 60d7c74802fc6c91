import { ofKind, theOnly, workloadKind, type Manifest } from './rendered.ts';

/** The names that a rendering uses for objects that are not in it. */
export function missing(objects: readonly Manifest[]): string[] {
  const there = new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
  return namesOf(objects.map(({ spec }) => spec))
    .filter(({ kind, name }) => !there.has(`${kind} ${name}`))
    .map(({ field, kind, name }) => `${field}: ${kind} ${name}`);
}

/** Selectors that do not mean the pods of the workload. */
export function astray(objects: readonly Manifest[]): string[] {
  const { spec } = theOnly(objects, workloadKind);
  const { labels } = spec.template.metadata;
  const selectors = [
    ['workload', spec.selector.matchLabels],
    ...ofKind(objects, 'Service').map(({ metadata, spec: its }) => [metadata.name, its.selector]),
    ...ofKind(objects, 'PodDisruptionBudget').map((each) => ['budget', each.spec.selector.matchLabels]),
    ...ofKind(objects, 'NetworkPolicy').map(({ metadata, spec: its }) => [
      metadata.name,
      its.podSelector.matchLabels ?? {},
    ]),
    ...spec.template.spec.topologySpreadConstraints.map((each) => [each.topologyKey, each.labelSelector.matchLabels]),
  ] as [string, Record<string, string>][];
  return selectors
    .filter(([, wanted]) => Object.entries(wanted).some(([key, value]) => labels[key] !== value))
    .map(([name]) => name);
}

/** What a rendering says other objects of it are called: the field that says it, the kind it means and the name. */
function namesOf(object: unknown, field = ''): { field: string; kind: string; name: string }[] {
  if (Array.isArray(object)) return object.flatMap((each) => namesOf(each, field));
  if (typeof object !== 'object' || object === null) return [];
  const own = object as Record<string, unknown>;
  const meant = typeof own['name'] === 'string' ? [{ field, kind: kindAt(field, own), name: own['name'] }] : [];
  const direct = Object.entries(own).flatMap(([key, value]) =>
    typeof value === 'string' ? [{ field: key, kind: kinds[key] ?? '', name: value }] : namesOf(value, key),
  );
  return [...meant, ...direct].filter(({ kind }) => kind !== '');
}

const kinds: Record<string, string> = {
  serviceAccountName: 'ServiceAccount',
  stableService: 'Service',
  canaryService: 'Service',
  activeService: 'Service',
  previewService: 'Service',
  weightedTraefikServiceName: 'TraefikService',
  templateName: 'AnalysisTemplate',
};

function kindAt(field: string, { kind }: Record<string, unknown>): string {
  if (field === 'configMapRef') return 'ConfigMap';
  if (field === 'parentRefs') return 'IngressRoute';
  if (field === 'services') return typeof kind === 'string' ? kind : 'Service';
  return field === 'scaleTargetRef' ? String(kind) : '';
}
