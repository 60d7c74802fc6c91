import type { Client } from './client.ts';

/** Whether a rule of the branch lets only those update it whom it excepts (docs.github.com, "Available rules for rulesets"). */
export async function isRestricted({ ask, repo }: Client, branch: string): Promise<boolean> {
  const question = { what: `read the rules of ${branch}`, needs: 'metadata: read' };
  const rules = await ask(question, (octokit) =>
    octokit.paginate(octokit.rest.repos.getBranchRules, { ...repo, branch, per_page: 100 }),
  );
  return rules.some(({ type }) => type === 'update');
}
