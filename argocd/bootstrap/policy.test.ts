import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { argocdAdmin, findArgocd } from '../../infrastructure/test/argocd.ts';

const file = join(import.meta.dirname, 'argocd-rbac-cm/policy.csv');
const argocd = await findArgocd();

beforeEach(({ skip }) => skip(argocd === undefined, 'argocd has not been made yet; pnpm run tools argocd makes it'));

const rollout = 'action/argoproj.io/Rollout';

it.for([
  ['viewer', 'get', 'apps-prod', true],
  ['viewer', 'sync', 'apps-dev', false],
  ['developer', `${rollout}/promote-full`, 'apps-dev', true],
  ['developer', `${rollout}/abort`, 'apps-staging', true],
  ['developer', `${rollout}/resume`, 'apps-staging', true],
  ['developer', `${rollout}/promote-full`, 'apps-staging', false],
  ['developer', `${rollout}/skip-current-step`, 'apps-staging', false],
  ['developer', `${rollout}/abort`, 'apps-prod', false],
  ['on-call', `${rollout}/promote-full`, 'apps-staging', true],
  ['on-call', `${rollout}/abort`, 'apps-prod', true],
  ['on-call', 'delete', 'apps-prod', false],
] as const)('that role:%s may %s in %s is %s', async ([role, action, project, may]) => {
  const question = ['rbac', 'can', `role:${role}`, action, 'applications', `${project}/shop`];
  const said = await argocdAdmin(argocd ?? '', ['settings', ...question, '--policy-file', file]);

  expect(said?.trim() === 'Yes').toBe(may);
});
