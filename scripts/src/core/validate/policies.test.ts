import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseSubjects, findingsOf, fixtureSubjects } from '../../../test/policies/subjects.ts';
import type { Fields } from '../diff/objects.ts';
import { at } from './fields.ts';
import { judge } from './judge.ts';
import { policies } from './policies/index.ts';

const fixtures = await fixtureSubjects();
const folder = join(import.meta.dirname, '../../../test/policies/cases');

describe('what a policy finds', () => {
  it.each(policies)('is this in each of its cases: $id', async (policy) => {
    const found = [...findingsOf(policy, caseSubjects(policy.id, fixtures))];
    const text = found
      .map(([name, lines]) => [name, ...(lines.length === 0 ? ['nothing'] : lines)].join('\n  '))
      .join('\n');

    expect(found.length).toBeGreaterThan(1);
    await expect(`${text}\n`).toMatchFileSnapshot(join(folder, `${policy.id}.txt`));
  });

  it('is nothing in the tree without a defect, and something in the one of its name', () => {
    for (const policy of policies) {
      const found = [...findingsOf(policy, fixtures)]
        .filter(([, lines]) => lines.length > 0)
        .map(([name]) => name.split(':')[0]);

      expect(found).not.toContain('valid');
      expect(found).toContain(policy.id);
    }
  });
});

/** A pod template in objects of each kind that makes pods, also where nobody looks for them. */
const holders: Record<string, (template: Fields) => Fields> = {
  Deployment: (template) => ({ template }),
  StatefulSet: (template) => ({ template }),
  DaemonSet: (template) => ({ template }),
  ReplicaSet: (template) => ({ template }),
  Rollout: (template) => ({ template }),
  Job: (template) => ({ template }),
  CronJob: (template) => ({ jobTemplate: { spec: { template } } }),
  Pod: ({ spec }) => spec as Fields,
  ScaledJob: (template) => ({ jobTargetRef: { template } }),
  Experiment: (template) => ({ templates: [{ name: 'a', template }] }),
  AnalysisTemplate: (template) => ({
    metrics: [{ provider: { web: {} } }, { provider: { job: { spec: { template } } } }],
  }),
  ClusterAnalysisTemplate: (template) => ({ metrics: [{ provider: { job: { spec: { template } } } }] }),
};

/** Policies about a pod by itself, whatever makes it. */
const aboutPods = [
  'image-pinned',
  'image-registry',
  'non-root',
  'seccomp',
  'privileges',
  'capabilities',
  'read-only-root',
  'host-access',
  'service-account',
  'resources',
  'probes-differ',
  'probe-timing',
  'references',
  'empty-dir',
];

describe('a defect of a pod', () => {
  it.each(Object.keys(holders))('is found wherever it hides: in a %s', (kind) => {
    for (const id of aboutPods) {
      const subject = fixtures.get(`${id}: shop prod`);
      const rollout = subject?.objects.find((each) => each.kind === 'Rollout');
      const template = at(rollout?.fields, ['spec', 'template']) as Fields;
      const spec = holders[kind]?.(template) ?? {};
      const hidden = {
        apiVersion: 'any/v1',
        kind,
        name: 'hidden',
        namespace: 'shop-prod',
        fields: { metadata: { name: 'hidden' }, spec },
      };
      const objects = [...(subject?.objects.filter((each) => each !== rollout) ?? []), hidden];
      const found = judge(
        {
          app: 'shop',
          environment: { name: 'prod', production: true },
          registry: 'registry.example/team',
          platform: [],
          objects,
        },
        () => [],
      );

      expect(
        found.filter((each) => objects[each.object] === hidden).map((each) => each.policy),
        id,
      ).toContain(id);
    }
  });
});
