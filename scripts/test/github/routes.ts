import type { RestOperation } from './extract-rest.ts';
import type { Handler } from './operation.ts';
import { createAccessToken, getRateLimit } from './operations/apps.ts';
import { combinedStatus, listCheckRuns } from './operations/checks.ts';
import { getPermission } from './operations/collaborators.ts';
import { createComment, listComments } from './operations/comments.ts';
import { dispatchWorkflow } from './operations/dispatches.ts';
import { createPull, getPull, listPulls, listReviews, updatePull } from './operations/pulls.ts';
import { createRef, deleteRef, getRef, updateRef } from './operations/refs.ts';
import { listBranchRules } from './operations/rules.ts';
import type { Operation, RestSchema } from './rest-schema.ts';

export interface Route {
  handle: Handler;
  /** One of these is needed, as in `x-accepted-github-permissions`; none where any token does. */
  permissions: readonly `${string}=${'read' | 'write'}`[];
}

/** What answers each operation, and which permission GitHub's documentation asks for it. */
export const routes: Record<RestOperation, Route> = {
  'apps/create-installation-access-token': { handle: createAccessToken, permissions: [] },
  'rate-limit/get': { handle: getRateLimit, permissions: [] },
  'git/get-ref': { handle: getRef, permissions: ['contents=read'] },
  'git/create-ref': { handle: createRef, permissions: ['contents=write'] },
  'git/update-ref': { handle: updateRef, permissions: ['contents=write'] },
  'git/delete-ref': { handle: deleteRef, permissions: ['contents=write'] },
  'pulls/list': { handle: listPulls, permissions: ['pull_requests=read'] },
  'pulls/get': { handle: getPull, permissions: ['pull_requests=read'] },
  'pulls/create': { handle: createPull, permissions: ['pull_requests=write'] },
  'pulls/update': { handle: updatePull, permissions: ['pull_requests=write'] },
  'pulls/list-reviews': { handle: listReviews, permissions: ['pull_requests=read'] },
  'issues/list-comments': { handle: listComments, permissions: ['issues=read', 'pull_requests=read'] },
  'issues/create-comment': { handle: createComment, permissions: ['issues=write', 'pull_requests=write'] },
  'checks/list-for-ref': { handle: listCheckRuns, permissions: ['checks=read'] },
  'repos/get-collaborator-permission-level': { handle: getPermission, permissions: ['metadata=read'] },
  'repos/get-combined-status-for-ref': { handle: combinedStatus, permissions: ['statuses=read'] },
  'actions/create-workflow-dispatch': { handle: dispatchWorkflow, permissions: ['actions=write'] },
  'repos/get-branch-rules': { handle: listBranchRules, permissions: ['metadata=read'] },
};

/** Finds the operation of a request, with what its path names. */
export function createRouter(
  schema: RestSchema,
): (method: string, path: string) => { operation: Operation; params: Record<string, string> } | undefined {
  const patterns = schema.operations.map((operation) => ({ operation, pattern: patternOf(operation.path) }));
  return (method, path) => {
    for (const { operation, pattern } of patterns) {
      const match = operation.method === method ? pattern.exec(path) : null;
      if (match === null) continue;
      const params = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
      return { operation, params: Object.fromEntries(params) as Record<string, string> };
    }
    return undefined;
  };
}

/** Only refs have slashes. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, (_, name) => `(?<${name}>${name === 'ref' ? '.+' : '[^/]+'})`)}$`);
}
