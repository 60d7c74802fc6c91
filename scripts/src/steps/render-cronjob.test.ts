import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { filesIn, validateTree } from '../../test/manifests.ts';
import { rendered, theOnly, type Manifest } from '../../test/rendered.ts';
import { root, shipped } from '../../test/shipped-apps.ts';

const cronJob = `apiVersion: batch/v1
kind: CronJob
metadata:
  name: orders-tidy
spec:
  schedule: 5 3 * * *
  timeZone: Etc/UTC
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 600
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 1
  jobTemplate:
    spec:
      backoffLimit: 2
      activeDeadlineSeconds: 600
      template:
        metadata:
          labels:
            app.kubernetes.io/name: orders-tidy
        spec:
          serviceAccountName: orders
          restartPolicy: OnFailure
          containers:
            - name: app
              image: orders
              command: [/nodejs/bin/node, /app/tidy.mjs]
              resources:
                requests: {cpu: 50m, memory: 128Mi}
                limits: {cpu: 500m, memory: 192Mi}
`;

const base = 'apps/orders/base/kustomization.yaml';
const added = {
  [base]: shipped[base]?.replace('resources:\n', 'resources:\n  - cronjob.yaml\n') ?? '',
  'apps/orders/base/cronjob.yaml': cronJob,
};

/** A CronJob, as deep as its pods. */
interface Clock {
  metadata: Manifest['metadata'];
  spec: { jobTemplate: { spec: Pick<Manifest['spec'], 'template'> } };
}

describe('a CronJob in the base of an app', () => {
  it('is labelled, and runs the image of the release in pods that are hardened as those of the app are', async () => {
    const objects = await rendered('orders', 'prod', undefined, { ...shipped, ...added });
    const { metadata, spec } = theOnly(objects, /^CronJob$/) as unknown as Clock;
    const { template } = spec.jobTemplate.spec;
    const { spec: hardened } = theOnly(objects, /^Job$/).spec.template;
    const { command: _, env: __, ...container } = { command: [], ...hardened.containers[0] };

    expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/version': '0123456789ab-1' });
    expect(template.metadata.labels).toEqual({
      'app.kubernetes.io/name': 'orders-tidy',
      'app.kubernetes.io/version': '0123456789ab-1',
      environment: 'prod',
      team: 'apps',
      'cost-center': 'shop',
    });
    expect(template.spec).toMatchObject({ ...hardened, restartPolicy: 'OnFailure', containers: [container] });
  });

  it('is permitted, and breaks no rule', { timeout: 60_000 }, async () => {
    const projects = [...filesIn(join(root, 'argocd/projects'))];
    const tree = new Map([
      ...Object.entries({ ...shipped, ...added }),
      ...projects.map(([path, text]) => [`argocd/projects/${path}`, text] as const),
    ]);
    const { problems } = await validateTree(tree, { apps: ['orders'], platform: false });

    expect(problems).toEqual([]);
  });

  it('is refused where nothing bounds it', { timeout: 60_000 }, async () => {
    const loose = cronJob.replace(/ {2}(timeZone|concurrencyPolicy).*\n/g, '');
    const tree = new Map(Object.entries({ ...shipped, ...added, 'apps/orders/base/cronjob.yaml': loose }));
    const { problems } = await validateTree(tree, { apps: ['orders'], platform: false });

    expect(new Set(problems.map(({ policy }) => policy))).toEqual(new Set(['jobs']));
  });
});

it('what hardens pods says the same of a CronJob as of a Deployment', () => {
  const patch = (file: string) => parse(shipped[`apps/components/hardened/${file}.patch.yaml`] ?? '') as never;
  const { spec } = patch('cronjob') as Clock;

  expect(spec.jobTemplate.spec).toEqual((patch('deployment') as { spec: object }).spec);
});
