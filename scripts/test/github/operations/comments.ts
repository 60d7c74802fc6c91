import { complete } from '../complete.ts';
import { time, userObject, web } from '../objects.ts';
import type { Asked, Handler } from '../operation.ts';
import { page } from '../page.ts';
import { pullOf } from '../pulls.ts';
import { invalid } from '../refusal.ts';
import { emit, nextId, type Comment } from '../state.ts';
import { longestBody } from './pulls.ts';

export const listComments: Handler = (asked) => {
  const pull = pullOf(asked);
  return page(
    asked,
    pull.comments.map((comment) => commentObject(asked, pull.number, comment)),
  );
};

export const createComment: Handler = (asked) => {
  const { state, token } = asked;
  const { body } = asked.body as { body: string };
  const pull = pullOf(asked);
  if (body.trim() === '') throw invalid('IssueComment', { field: 'body', message: 'body cannot be blank' });
  if (body.length > longestBody) {
    const message = `body is too long (maximum is ${longestBody} characters)`;
    throw invalid('IssueComment', { field: 'body', message });
  }
  const comment = { id: nextId(state), by: token.actor, body, at: state.now() };
  pull.comments.push(comment);
  emit(state, token, { event: 'issue_comment', action: 'created', number: pull.number });
  return { status: 201, body: commentObject(asked, pull.number, comment) };
};

function commentObject({ schema, state }: Asked, number: number, comment: Comment): object {
  return complete(schema, 'issue-comment', {
    id: comment.id,
    body: comment.body,
    user: userObject(comment.by),
    created_at: time(comment.at),
    updated_at: time(comment.at),
    html_url: `${web(state)}/pull/${number}#issuecomment-${comment.id}`,
    issue_url: `${web(state)}/issues/${number}`,
    author_association: 'CONTRIBUTOR',
  });
}
