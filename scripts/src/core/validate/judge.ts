import { policies } from './policies/index.ts';
import { type Finding, type Path, type Policy, type Subject } from './policy.ts';
import type { SchemaCheck } from './schema.ts';

/** What the strict check of fields is called, as a policy. */
const schemaPolicy = {
  id: 'schema',
  requirements: ['KUS-3', 'GIT-8'],
  reason: 'Kubernetes drops a field that it does not know, or refuses the object',
} as const;

/** What every problem of a file that is not about one object belongs to. */
export const filePolicies = {
  kustomization: {
    id: 'kustomization',
    requirements: ['KUS-1', 'E12', 'E13'],
    reason: 'a field that Kustomize has replaced does less than it says, or changes selectors that cannot change',
  },
  'remote-resource': {
    id: 'remote-resource',
    requirements: ['KUS-3'],
    reason: 'what is fetched while rendering is another thing tomorrow, or not there',
  },
  server: {
    id: 'server',
    requirements: ['SEC-3', 'ADM-4', 'GIT-8'],
    reason: 'this is what the cluster would say, after the release has landed',
  },
  render: { id: 'render', requirements: ['KUS-3', 'GIT-8'], reason: 'what cannot be rendered cannot be delivered' },
  waiver: {
    id: 'waiver',
    requirements: [],
    reason: 'a waiver that has expired or is for nothing hides the next problem of its kind',
  },
} as const;

/** Everything that a waiver may be for. */
export const waivable: readonly string[] = [schemaPolicy.id, ...policies.map(({ id }) => id)];

/** A finding, by the place of its object in the subject, so that it can be kept. */
export interface Judged {
  policy: string;
  object: number;
  path: Path;
  message: string;
  fix: string;
}

/** What the schema and all policies of a subject's scope find. */
export function judge(subject: Subject, check: SchemaCheck, list: readonly Policy[] = policies): Judged[] {
  const places = new Map(subject.objects.map((each, index) => [each, index]));
  const scope = subject.app === undefined ? 'platform' : 'apps';
  const found: [string, string, Finding][] = subject.objects.flatMap((object) =>
    check(object).map((each): [string, string, Finding] => [schemaPolicy.id, '', each]),
  );
  for (const policy of list) {
    if (policy.scope !== 'both' && policy.scope !== scope) continue;
    for (const finding of policy.check(subject)) found.push([policy.id, policy.fix, finding]);
  }
  return found.flatMap(([policy, fix, finding]) => {
    const object = places.get(finding.object);
    return object === undefined
      ? []
      : [{ policy, object, path: finding.path, message: finding.message, fix: finding.fix ?? fix }];
  });
}

/** What a policy stands for and why, by its name. */
export function describePolicy(id: string): Pick<Policy, 'requirements' | 'reason'> {
  return (
    [schemaPolicy, ...Object.values(filePolicies), ...policies].find((each) => each.id === id) ?? {
      requirements: [],
      reason: '',
    }
  );
}
