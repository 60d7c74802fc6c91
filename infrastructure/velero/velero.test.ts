import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../test/kustomize.ts';

const read = (path: string): unknown => parse(readFileSync(join(root, 'infrastructure', path), 'utf8'));

it('volumes are snapshotted by CSI, for which there is a class: the chart reads features below configuration alone', () => {
  const values = read('velero/values.yaml');

  expect(values).toMatchObject({ snapshotsEnabled: true, configuration: { features: 'EnableCSI' } });
  expect(values).not.toHaveProperty('features');
  expect(read('backups/volumesnapshotclass.yaml')).toMatchObject({
    metadata: { labels: { 'velero.io/csi-volumesnapshot-class': 'true' } },
  });
});
