import { matchesGlob } from 'node:path';
import type { Handler } from '../operation.ts';
import { page } from '../page.ts';

/** Every ruleset here says the same: that only some create, update or delete; who these are is not told. */
export const listBranchRules: Handler = async (asked) => {
  const { state, params } = asked;
  const { owner, repo, branch = '' } = params;
  const rules = state.rulesets.flatMap(({ branches }, index) =>
    branches.some((pattern) => matchesGlob(branch, pattern))
      ? ['creation', 'update', 'deletion'].map((type) => ({
          type,
          ruleset_source_type: 'Repository',
          ruleset_source: `${owner}/${repo}`,
          ruleset_id: index + 1,
        }))
      : [],
  );
  return page(asked, rules);
};
