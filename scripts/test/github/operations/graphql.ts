import { GraphQLError } from 'graphql';
import { moveBranch } from '../branches.ts';
import { web } from '../objects.ts';
import type { State, Token } from '../state.ts';

export interface CommitInput {
  clientMutationId?: string | null;
  branch: { id?: string | null; repositoryNameWithOwner?: string | null; branchName?: string | null };
  expectedHeadOid: string;
  message: { headline: string; body?: string | null };
  fileChanges?: { additions?: { path: string; contents: string }[]; deletions?: { path: string }[] } | null;
}

export function repository(state: State, token: Token, { owner, name }: { owner: string; name: string }): object {
  const whole = `${owner}/${name}`;
  if (!sees(state, token, whole)) {
    throw problem('NOT_FOUND', `Could not resolve to a Repository with the name '${whole}'.`);
  }
  return {
    id: `Repository:${whole}`,
    name,
    nameWithOwner: whole,
    ref: ({ qualifiedName }: { qualifiedName: string }) => refValue(state, qualifiedName),
  };
}

/** One commit on the head that was expected; what is not a branch yet does not become one. */
export async function createCommitOnBranch(state: State, token: Token, input: CommitInput): Promise<object> {
  const branch = branchOf(state, token, input);
  if (token.permissions.contents !== 'write') throw problem('FORBIDDEN', 'Resource not accessible by integration');
  const head = await state.bare.resolve(`refs/heads/${branch}`);
  if (head === undefined) throw problem('NOT_FOUND', 'Branch not found');
  const stale = problem(
    'STALE_DATA',
    `Expected branch to point to "${input.expectedHeadOid}" but it did not.  Pull and try again.`,
  );
  if (head !== input.expectedHeadOid) throw stale;
  const { additions = [], deletions = [] } = input.fileChanges ?? {};
  await checkPaths(state, head, [...additions, ...deletions], deletions);
  const { login, id } = token.actor;
  const commit = await state.bare.commit({
    parent: head,
    message: input.message.headline + (input.message.body ? `\n\n${input.message.body}` : ''),
    author: `${login} <${id}+${login}@users.noreply.github.com>`,
    at: Math.floor(state.now().getTime() / 1000),
    additions: additions.map(({ path, contents }) => ({ path, contents: Buffer.from(contents, 'base64') })),
    deletions,
  });
  if (!(await moveBranch(state, token, branch, head, commit))) throw stale;
  return {
    clientMutationId: input.clientMutationId,
    commit: await commitValue(state, commit),
    ref: await refValue(state, `refs/heads/${branch}`),
  };
}

function branchOf(state: State, token: Token, { branch }: CommitInput): string {
  const { id, repositoryNameWithOwner, branchName } = branch;
  const named = /^Ref:refs\/heads\/(.+)$/.exec(id ?? '')?.[1];
  if (named !== undefined) return named;
  if (!repositoryNameWithOwner || !branchName) {
    throw problem('UNPROCESSABLE', 'Either id or both repositoryNameWithOwner and branchName must be given');
  }
  if (!sees(state, token, repositoryNameWithOwner)) {
    throw problem('NOT_FOUND', `Could not resolve to a Repository with the name '${repositoryNameWithOwner}'.`);
  }
  return branchName.replace(/^refs\/heads\//, '');
}

/** The rules that the schema writes beside `FileChanges`. */
async function checkPaths(
  state: State,
  head: string,
  all: readonly { path: string }[],
  deletions: readonly { path: string }[],
): Promise<void> {
  const paths = all.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw problem('UNPROCESSABLE', `A path was given more than once: ${twice}`);
  const odd = paths.find(
    (path) => path === '' || path.split('/').some((part) => ['', '.', '..', '.git'].includes(part)),
  );
  if (odd !== undefined) throw problem('UNPROCESSABLE', `A path was requested that is malformed: ${odd}`);
  for (const { path } of deletions) {
    if ((await state.bare.read(head, path)) !== undefined) continue;
    const message = `A path was requested for deletion which does not exist as of commit oid \`${head}\`: ${path}`;
    throw problem('UNPROCESSABLE', message);
  }
}

async function refValue(state: State, qualifiedName: string): Promise<object | undefined> {
  const whole = qualifiedName.startsWith('refs/') ? qualifiedName : `refs/heads/${qualifiedName}`;
  const oid = await state.bare.resolve(whole);
  if (oid === undefined) return undefined;
  const target = await commitValue(state, oid);
  return { id: `Ref:${whole}`, name: whole.replace('refs/heads/', ''), prefix: 'refs/heads/', target };
}

async function commitValue(state: State, oid: string): Promise<object> {
  return {
    __typename: 'Commit',
    id: `Commit:${oid}`,
    oid,
    abbreviatedOid: oid.slice(0, 7),
    message: await state.bare.message(oid),
    url: `${web(state)}/commit/${oid}`,
  };
}

function sees(state: State, token: Token, whole: string): boolean {
  return whole === `${state.owner}/${state.name}` && token.repositories.includes(whole);
}

function problem(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}
