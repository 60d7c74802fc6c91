import type { CheckRun } from '../../core/gates/index.ts';
import type { Client } from './client.ts';

/** The newest run of every check on a commit. */
export async function readCheckRuns({ ask, repo }: Client, revision: string): Promise<CheckRun[]> {
  const question = { what: `read the checks of ${revision.slice(0, 12)}`, needs: 'checks: read' };
  const runs = await ask(question, (octokit) =>
    octokit.paginate(octokit.rest.checks.listForRef, { ...repo, ref: revision, filter: 'latest', per_page: 100 }),
  );
  return runs.map(({ name, status, conclusion }) => ({ name, status, conclusion: conclusion ?? undefined }));
}
