import type { BranchState } from '../core/branch-state.ts';
import { readMessage } from '../core/message.ts';
import { requireRetirable } from '../core/retirement.ts';
import { checkVerdicts, type DeployBranchCheck } from './check-verdicts.ts';
import { environmentsWith } from './retirement.ts';

/**
 * What is wrong with a change that takes both files of an app away: only a retirement may, once no later environment
 * has the app and nothing would bring it back, and with the gates passed. Throws UserError for what stands against it.
 */
export async function checkRetirement(facts: DeployBranchCheck, app: string, old: BranchState): Promise<string[]> {
  const { git, config, environment, refs } = facts;
  if (readMessage(await git.message(facts.new)).verb !== 'retirement') {
    return [`${app}/ would be deleted; only pnpm run retire ${app} --env ${environment.name} does that`];
  }
  const release = old.releases.get(app);
  if (release === undefined) return [`${app}/ had no release.yaml`];
  requireRetirable(config, environment, app, await environmentsWith(git, config, refs, app));
  return checkVerdicts(facts, app, { release, manifests: '' }, old, 'retirement');
}
