import { at, listAt, ofKind, textAt } from '../fields.ts';
import { podSpecs, type Container, type PodSpec } from '../pod-specs.ts';
import type { Path, Policy, Subject } from '../policy.ts';

interface Reference {
  kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim';
  name: string;
  key: string | undefined;
  path: Path;
}

export const references: Policy = {
  id: 'references',
  requirements: ['CFG-2', 'SCR-2', 'STR-15'],
  scope: 'apps',
  reason: 'a pod that refers to what does not exist never starts',
  fix: 'add it to the base, a Secret as an ExternalSecret, or correct the name',
  *check({ objects }) {
    for (const pod of podSpecs(objects)) {
      for (const { kind, name, key, path } of referencesOf(pod)) {
        const keys = keysOf(kind, name, objects);
        if (keys === undefined)
          yield { object: pod.object, path, message: `refers to the ${kind} ${name}, which is not there` };
        else if (key !== undefined && keys !== 'any' && !keys.includes(key)) {
          yield {
            object: pod.object,
            path,
            message: `refers to ${key} in the ${kind} ${name}, which has ${keys.join(', ') || 'nothing'}`,
          };
        }
      }
    }
  },
};

function referencesOf({ spec, path, containers }: PodSpec): Reference[] {
  return [
    ...containers.flatMap(fromContainer),
    ...listAt(spec, 'volumes').flatMap((volume, index) => fromVolume(volume, [...path, 'volumes', index])),
  ];
}

function fromContainer({ fields, path }: Container): Reference[] {
  const whole = listAt(fields, 'envFrom').flatMap((each, index) => [
    refer('ConfigMap', each, [...path, 'envFrom', index], ['configMapRef', 'name']),
    refer('Secret', each, [...path, 'envFrom', index], ['secretRef', 'name']),
  ]);
  const single = listAt(fields, 'env').flatMap((each, index) => [
    refer('ConfigMap', each, [...path, 'env', index], ['valueFrom', 'configMapKeyRef', 'name']),
    refer('Secret', each, [...path, 'env', index], ['valueFrom', 'secretKeyRef', 'name']),
  ]);
  return [...whole, ...single].flat();
}

function fromVolume(volume: Container['fields'][string], path: Path): Reference[] {
  const projected = listAt(volume, 'projected', 'sources').flatMap((each, index) => [
    refer('ConfigMap', each, [...path, 'projected', 'sources', index], ['configMap', 'name']),
    refer('Secret', each, [...path, 'projected', 'sources', index], ['secret', 'name']),
  ]);
  return [
    refer('ConfigMap', volume, path, ['configMap', 'name']),
    refer('Secret', volume, path, ['secret', 'secretName']),
    refer('PersistentVolumeClaim', volume, path, ['persistentVolumeClaim', 'claimName']),
    ...projected,
  ].flat();
}

/** The reference that stands there, unless it may be missing. */
function refer(kind: Reference['kind'], value: Container['fields'][string], path: Path, below: string[]): Reference[] {
  const name = textAt(value, ...below);
  const holder = below.slice(0, -1);
  if (name === undefined || at(value, [...holder, 'optional']) === true) return [];
  return [{ kind, name, key: textAt(value, ...holder, 'key'), path: [...path, ...below] }];
}

/** The keys of what is referred to; `any` where only the cluster knows them, undefined where it is not there. */
function keysOf(kind: Reference['kind'], name: string, objects: Subject['objects']): string[] | 'any' | undefined {
  const found = ofKind(objects, kind).find((each) => each.name === name);
  if (found !== undefined)
    return ['data', 'stringData', 'binaryData'].flatMap((key) => Object.keys(at(found.fields, [key]) ?? {}));
  if (kind !== 'Secret') return undefined;
  const external = ofKind(objects, 'ExternalSecret').find(
    ({ name: own, fields }) => (textAt(fields, 'spec', 'target', 'name') ?? own) === name,
  );
  if (external !== undefined) {
    const open =
      listAt(external.fields, 'spec', 'dataFrom').length > 0 ||
      at(external.fields, ['spec', 'target', 'template']) !== undefined;
    return open ? 'any' : listAt(external.fields, 'spec', 'data').map((each) => textAt(each, 'secretKey') ?? '');
  }
  const sealed = ofKind(objects, 'SealedSecret', 'Certificate').some(
    ({ name: own, fields, kind: from }) =>
      (from === 'Certificate' ? textAt(fields, 'spec', 'secretName') : own) === name,
  );
  return sealed ? 'any' : undefined;
}
