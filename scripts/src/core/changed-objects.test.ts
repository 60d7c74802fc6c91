import { expect, it } from 'vitest';
import { changedObjects } from './changed-objects.ts';

const object = (kind: string, name: string, fields = ''): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${fields}`;

it('names what is added, changed and removed, the last with what takes data with it first', () => {
  const before = [
    object('Service', 'web'),
    object('ConfigMap', 'web'),
    object('PersistentVolumeClaim', 'data'),
    object('Secret', 'same', 'data: {}\n'),
  ];
  const after = [object('Secret', 'same', 'data: {}\n'), object('Service', 'web', 'spec: {}\n'), object('Job', 'once')];

  expect(changedObjects(before.join('---\n'), after.join('---\n'))).toEqual({
    added: ['Job/once'],
    changed: ['Service/web'],
    removed: ['PersistentVolumeClaim/data', 'ConfigMap/web'],
  });
});

it('takes no notice of where an object stands, nor of a namesake of another kind', () => {
  const [first, second] = [object('Service', 'web'), object('ConfigMap', 'web', 'data:\n  key: value\n')];

  const none = { added: [], changed: [], removed: [] };
  expect(changedObjects(`${first}---\n${second}`, `${second}---\n${first}`)).toEqual(none);
});
