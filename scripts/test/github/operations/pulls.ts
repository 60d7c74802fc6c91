import { complete } from '../complete.ts';
import { time, userObject, web } from '../objects.ts';
import type { Asked, Handler } from '../operation.ts';
import { page } from '../page.ts';
import { closePull, pullObject, pullOf, settlePulls } from '../pulls.ts';
import { invalid } from '../refusal.ts';
import { emit, type Pull, type State } from '../state.ts';

/** GitHub's limit for the body of a pull request and of a comment. */
export const longestBody = 65_536;

export const listPulls: Handler = async (asked) => {
  const { state, query, token } = asked;
  await settlePulls(state, token);
  const [wanted, head, base] = [query.get('state') ?? 'open', query.get('head'), query.get('base')];
  const found = state.pulls.filter(
    (pull) =>
      (wanted === 'all' || pull.state === wanted) &&
      (base === null || pull.base.branch === base) &&
      // As on GitHub, a head without its owner filters nothing.
      (head?.includes(':') !== true || `${state.owner}:${pull.head.branch}` === head),
  );
  const newestFirst = query.get('direction') !== 'asc' ? found.toReversed() : found;
  return page(
    asked,
    newestFirst.map((pull) => pullObject(asked, pull, 'pull-request-simple')),
  );
};

export const getPull: Handler = async (asked) => {
  await settlePulls(asked.state, asked.token);
  return { status: 200, body: pullObject(asked, pullOf(asked), 'pull-request') };
};

export const createPull: Handler = async (asked) => {
  const { state, token } = asked;
  const body = asked.body as { title?: string; body?: string | null; head: string; base: string; draft?: boolean };
  await settlePulls(state, token);
  checkTexts(body);
  const head = await side(state, 'head', body.head);
  const base = await side(state, 'base', body.base);
  await checkBranches(state, head, base);
  const now = state.now();
  const pull: Pull = {
    number: state.pulls.length + 1,
    title: body.title ?? head.branch,
    body: body.body ?? null,
    draft: body.draft ?? false,
    state: 'open',
    merged: false,
    author: token.actor,
    head,
    base,
    created: now,
    updated: now,
    closed: undefined,
    reviews: [],
    comments: [],
  };
  state.pulls.push(pull);
  emit(state, token, { event: 'pull_request', action: 'opened', number: pull.number });
  return { status: 201, body: pullObject(asked, pull, 'pull-request') };
};

export const updatePull: Handler = async (asked) => {
  const { state, token } = asked;
  await settlePulls(state, token);
  const pull = pullOf(asked);
  const change = asked.body as { title?: string; body?: string | null; state?: 'open' | 'closed'; base?: string };
  checkTexts(change);
  if (change.state === 'open' && pull.state === 'closed') await reopen(asked, pull);
  if (change.base !== undefined && change.base !== pull.base.branch) {
    const base = await side(state, 'base', change.base);
    await checkBranches(state, pull.head, base);
    pull.base = base;
  }
  pull.title = change.title ?? pull.title;
  pull.body = change.body === undefined ? pull.body : change.body;
  pull.updated = state.now();
  if (change.title !== undefined || change.body !== undefined || change.base !== undefined) {
    emit(state, token, { event: 'pull_request', action: 'edited', number: pull.number });
  }
  if (change.state === 'closed' && pull.state === 'open') closePull(state, token, pull);
  return { status: 200, body: pullObject(asked, pull, 'pull-request') };
};

export const listReviews: Handler = (asked) => {
  const pull = pullOf(asked);
  const reviews = pull.reviews.map((review) =>
    complete(asked.schema, 'pull-request-review', {
      id: review.id,
      user: userObject(review.by),
      body: review.body,
      state: review.state,
      commit_id: review.commit,
      submitted_at: time(review.at),
      html_url: `${web(asked.state)}/pull/${pull.number}#pullrequestreview-${review.id}`,
      author_association: 'MEMBER',
    }),
  );
  return page(asked, reviews);
};

function checkTexts({ title, body }: { title?: string; body?: string | null }): void {
  const tooLong = (field: string, most: number): Error =>
    invalid('PullRequest', { field, message: `${field} is too long (maximum is ${most} characters)` });
  if ((title?.length ?? 0) > 256) throw tooLong('title', 256);
  if ((body?.length ?? 0) > longestBody) throw tooLong('body', longestBody);
}

async function side(state: State, field: 'head' | 'base', named: string): Promise<Pull['head']> {
  const branch = named.startsWith(`${state.owner}:`) ? named.slice(state.owner.length + 1) : named;
  const sha = await state.bare.resolve(`refs/heads/${branch}`);
  if (sha === undefined) throw invalid('PullRequest', { field, code: 'invalid' });
  return { branch, sha };
}

async function checkBranches(state: State, head: Pull['head'], base: Pull['base']): Promise<void> {
  const same = state.pulls.some(
    (pull) => pull.state === 'open' && pull.head.branch === head.branch && pull.base.branch === base.branch,
  );
  if (same) {
    const message = `A pull request already exists for ${state.owner}:${head.branch}.`;
    throw invalid('PullRequest', { message });
  }
  if (!(await state.bare.hasCommonHistory(base.sha, head.sha))) {
    throw invalid('PullRequest', { message: `The ${head.branch} branch has no history in common with ${base.branch}` });
  }
  if ((await state.bare.ahead(base.sha, head.sha)) === 0) {
    throw invalid('PullRequest', { message: `No commits between ${base.branch} and ${head.branch}` });
  }
}

async function reopen({ state, token }: Asked, pull: Pull): Promise<void> {
  const cannot = (why: string): Error =>
    invalid('PullRequest', { field: 'state', message: `state cannot be changed. ${why}` });
  if (pull.merged) throw cannot('The pull request is merged.');
  const head = await state.bare.resolve(`refs/heads/${pull.head.branch}`);
  if (head === undefined) throw cannot(`The ${pull.head.branch} branch has been deleted.`);
  await checkBranches(state, { ...pull.head, sha: head }, pull.base);
  pull.head.sha = head;
  pull.state = 'open';
  pull.closed = undefined;
  emit(state, token, { event: 'pull_request', action: 'reopened', number: pull.number });
}
