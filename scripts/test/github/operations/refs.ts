import { moveBranch } from '../branches.ts';
import { complete } from '../complete.ts';
import { web } from '../objects.ts';
import type { Asked, Handler } from '../operation.ts';
import { refuse } from '../refusal.ts';

export const getRef: Handler = async (asked) => {
  const sha = await asked.state.bare.resolve(`refs/${asked.params['ref']}`);
  if (sha === undefined) throw refuse(404, 'Not Found');
  return { status: 200, body: refObject(asked, `refs/${asked.params['ref']}`, sha) };
};

export const createRef: Handler = async (asked) => {
  const { state, token } = asked;
  const { ref, sha } = asked.body as { ref: string; sha: string };
  if (!/^refs\/heads\/[^/].*$/.test(ref)) {
    throw refuse(422, "Reference name must start with 'refs/heads/'; this server keeps branches only");
  }
  await requireCommit(asked, sha);
  if ((await state.bare.resolve(ref)) !== undefined) throw refuse(422, 'Reference already exists');
  if (!(await moveBranch(state, token, branchOf(ref), undefined, sha))) throw refuse(422, 'Reference already exists');
  return { status: 201, body: refObject(asked, ref, sha) };
};

export const updateRef: Handler = async (asked) => {
  const { state, token } = asked;
  const { sha, force = false } = asked.body as { sha: string; force?: boolean };
  const ref = `refs/${asked.params['ref']}`;
  const now = await existing(asked, ref);
  await requireCommit(asked, sha);
  if (!force && !(await state.bare.isAncestor(now, sha))) throw refuse(422, 'Update is not a fast forward');
  if (!(await moveBranch(state, token, branchOf(ref), now, sha))) throw refuse(422, 'Reference update failed');
  return { status: 200, body: refObject(asked, ref, sha) };
};

export const deleteRef: Handler = async (asked) => {
  const ref = `refs/${asked.params['ref']}`;
  await moveBranch(asked.state, asked.token, branchOf(ref), await existing(asked, ref), undefined);
  return { status: 204 };
};

async function existing({ state }: Asked, ref: string): Promise<string> {
  const now = await state.bare.resolve(ref);
  if (now === undefined) throw refuse(422, 'Reference does not exist');
  return now;
}

async function requireCommit({ state }: Asked, sha: string): Promise<void> {
  if (!/^[0-9a-f]{40}$/.test(sha) || (await state.bare.resolve(sha)) === undefined) {
    throw refuse(422, 'Object does not exist');
  }
}

function branchOf(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}

function refObject({ schema, state }: Asked, ref: string, sha: string): object {
  const url = `${web(state)}/git/commits/${sha}`;
  return complete(schema, 'git-ref', { ref, url: `${web(state)}/git/${ref}`, object: { type: 'commit', sha, url } });
}
