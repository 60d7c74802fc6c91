import { complete } from './complete.ts';
import type { Asked } from './operation.ts';
import { refuse } from './refusal.ts';
import { emit, type Pull, type State, type Token } from './state.ts';
import { repositoryObject, time, userObject, web } from './objects.ts';

/** The pull request of a number; 404 where there is none. */
export function pullOf({ state, params }: Asked): Pull {
  const number = Number(params['pull_number'] ?? params['issue_number']);
  const found = state.pulls.find((pull) => pull.number === number);
  if (found === undefined) throw refuse(404, 'Not Found');
  return found;
}

/**
 * Open pull requests follow their branches, whoever moved them: a new head is taken over, a deleted branch closes them,
 * and one whose head has arrived on its base is merged.
 */
export async function settlePulls(state: State, token: Pick<Token, 'kind' | 'actor'>): Promise<void> {
  for (const pull of state.pulls.filter((each) => each.state === 'open')) {
    const [head, base] = await Promise.all([
      state.bare.resolve(`refs/heads/${pull.head.branch}`),
      state.bare.resolve(`refs/heads/${pull.base.branch}`),
    ]);
    if (head === undefined || base === undefined) {
      closePull(state, token, pull);
      continue;
    }
    if (head !== pull.head.sha) {
      pull.head.sha = head;
      pull.updated = state.now();
      emit(state, token, { event: 'pull_request', action: 'synchronize', number: pull.number });
    }
    if (base === pull.base.sha) continue;
    pull.base.sha = base;
    if (!(await state.bare.isAncestor(head, base))) continue;
    pull.merged = true;
    closePull(state, token, pull);
  }
}

export function closePull(state: State, token: Pick<Token, 'kind' | 'actor'>, pull: Pull): void {
  pull.state = 'closed';
  pull.updated = pull.closed = state.now();
  emit(state, token, { event: 'pull_request', action: 'closed', number: pull.number });
}

/** As `component` says: `pull-request`, or `pull-request-simple` in lists. */
export function pullObject({ state, schema }: Pick<Asked, 'state' | 'schema'>, pull: Pull, component: string): object {
  const repo = repositoryObject(state);
  const side = ({ branch, sha }: { branch: string; sha: string }): object => ({
    label: `${state.owner}:${branch}`,
    ref: branch,
    sha,
    user: userObject({ login: state.owner, id: 1, type: 'User' }),
    repo,
  });
  const whole = component === 'pull-request';
  return complete(schema, component, {
    id: 1000 + pull.number,
    number: pull.number,
    url: `${web(state)}/pulls/${pull.number}`,
    html_url: `${web(state)}/pull/${pull.number}`,
    title: pull.title,
    body: pull.body,
    draft: pull.draft,
    state: pull.state,
    user: userObject(pull.author),
    head: side(pull.head),
    base: side(pull.base),
    created_at: time(pull.created),
    updated_at: time(pull.updated),
    closed_at: pull.closed === undefined ? null : time(pull.closed),
    merged_at: pull.merged && pull.closed !== undefined ? time(pull.closed) : null,
    merge_commit_sha: null,
    milestone: null,
    assignee: null,
    auto_merge: null,
    author_association: 'CONTRIBUTOR',
    ...(whole ? { merged: pull.merged, comments: pull.comments.length, mergeable_state: 'unknown' } : {}),
  });
}
