import { UserError } from '../core/errors.ts';
import type { Git } from './git.ts';
import type { Writer, WriteRequest, Written } from './writer.ts';

/** A race is lost to someone who won it, so many in a row mean that something else is wrong. */
const attempts = 50;

/** Pushes in a row that the remote did not answer before it counts as out of reach. */
const retries = 3;

/** Writes by Git: commits made here, pushed without force. */
export function createGitWriter(git: Git, remote: string): Writer {
  return {
    async write(branch, request) {
      const [written] = await writeTogether(git, remote, branch, [request]);
      return written ?? { state: 'moved' };
    },
  };
}

/**
 * Writes several requests as one line of commits with one push; gives what became of each, in their order.
 * Where the remote refuses them together, each is tried by itself.
 */
export async function writeTogether(
  git: Git,
  remote: string,
  branch: string,
  requests: readonly WriteRequest[],
): Promise<Written[]> {
  const done = new Map<WriteRequest, Written>();
  const ref = `refs/remotes/${remote}/${branch}`;
  let unanswered = 0;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const left = requests.filter((each) => !done.has(each));
    const tip = attempt === 1 && left.length === 1 ? left[0]?.head : await knownTip(git, remote, ref, left);
    const fitting: WriteRequest[] = [];
    for (const request of left) {
      const early = await settled(git, request, tip);
      if (early !== undefined) done.set(request, early);
      else if (!fitting.some((each) => overlap(each, request))) fitting.push(request);
    }
    if (fitting.length === 0) {
      if (requests.every((each) => done.has(each))) break;
      continue;
    }
    const commits = await git.commit(tip, ...fitting);
    const pushed = await git.push(remote, commits.at(-1) ?? '', branch);
    if (pushed.state === 'unknown') {
      // It may have arrived, which a fetch shows; a remote that never answers is no race.
      if (++unanswered === retries) throw new UserError(`${remote} did not take a push to ${branch}: ${pushed.reason}`);
      await git.fetch(remote);
    } else if (pushed.state === 'landed') {
      for (const [index, each] of fitting.entries()) done.set(each, { state: 'landed', commit: commits[index] ?? '' });
    } else if (pushed.state === 'refused' && fitting.length === 1) {
      for (const each of fitting) done.set(each, { state: 'refused', reason: pushed.reason });
    } else if (pushed.state === 'refused') {
      for (const each of fitting) done.set(each, await alone(git, remote, branch, each));
    } else {
      await git.fetch(remote);
    }
  }
  return requests.map((each) => done.get(each) ?? { state: 'moved' });
}

async function alone(git: Git, remote: string, branch: string, request: WriteRequest): Promise<Written> {
  const [written] = await writeTogether(git, remote, branch, [request]);
  return written ?? { state: 'moved' };
}

/** The branch as it was last seen; looked at again where a request has seen more of it. */
async function knownTip(
  git: Git,
  remote: string,
  ref: string,
  requests: readonly WriteRequest[],
): Promise<string | undefined> {
  const tip = await git.resolve(ref);
  const behind = await Promise.all(
    requests.map(async ({ head }) => head !== undefined && (tip === undefined || !(await git.isAncestor(head, tip)))),
  );
  if (!behind.includes(true)) return tip;
  await git.fetch(remote);
  return git.resolve(ref);
}

/** What a request becomes without being written: it is there already, or what it was decided on has changed. */
async function settled(git: Git, request: WriteRequest, tip: string | undefined): Promise<Written | undefined> {
  const { head, basis } = request;
  if (head === tip) return undefined;
  if (head === undefined || tip === undefined) return { state: 'moved' };
  if (!(await git.isAncestor(head, tip))) return { state: 'moved' };
  const own = await findOwn(git, request, head, tip);
  if (own !== undefined) return { state: 'landed', commit: own };
  if (basis === undefined) return { state: 'moved' };
  const pairs = await Promise.all(
    basis.map((path) => Promise.all([head, tip].map((commit) => git.objectId(`${commit}:${path}`)))),
  );
  return pairs.every(([before, now]) => before === now) ? undefined : { state: 'moved' };
}

/** The commit by which a request has landed since its head: the same message, which names its intent, and the same files. */
export async function findOwn(git: Git, request: WriteRequest, head: string, tip: string): Promise<string | undefined> {
  const logged = await git.run(['log', '-z', '--format=%H%n%B', '--end-of-options', `${head}..${tip}`, '--']);
  for (const entry of logged.stdout.split('\0')) {
    const [commit = '', ...message] = entry.split('\n');
    if (message.join('\n').trim() !== request.message.trim()) continue;
    const there = await Promise.all(
      [...request.files].map(async ([path, text]) => (await git.text(`${commit}:${path}`)) === text),
    );
    if (there.every(Boolean)) return commit;
  }
  return undefined;
}

/** True where one of two requests writes what the other was decided on, or writes itself. */
function overlap(a: WriteRequest, b: WriteRequest): boolean {
  return touches(a, b) || touches(b, a);
}

function touches(writing: WriteRequest, other: WriteRequest): boolean {
  const paths = [...writing.files.keys(), ...(writing.removed ?? [])];
  const watched = [...(other.basis ?? ['']), ...other.files.keys()];
  return paths.some((path) => watched.some((each) => each === '' || path === each || path.startsWith(`${each}/`)));
}
