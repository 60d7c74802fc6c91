import { attempt } from '../run.ts';

/** The id of a commit, or undefined where the name does not lead to one in that checkout or bare repository. */
export async function resolveCommit(folder: string, name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const result = await attempt('git', ['-C', folder, 'rev-parse', '--verify', '--quiet', `${name}^{commit}`], { env });
  return result.code === 0 ? result.stdout.trim() : undefined;
}

/** What a commit is about: the first line of its message. */
export async function subjectOf(repository: string, commit: string, env: NodeJS.ProcessEnv): Promise<string> {
  return (await attempt('git', ['-C', repository, 'log', '-1', '--format=%s', commit], { env })).stdout.trim();
}

/** True where `commit` is `other` or one of its ancestors. */
export async function isContained(
  repository: string,
  commit: string,
  other: string,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  if (commit === other) return true;
  return (await attempt('git', ['-C', repository, 'merge-base', '--is-ancestor', commit, other], { env })).code === 0;
}

/** A commit's id as people read it. */
export function short(commit: string): string {
  return commit.slice(0, 12);
}
