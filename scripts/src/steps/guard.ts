import type { CommitRequest } from '../adapters/git-import.ts';
import type { Context } from '../context.ts';
import { deployBranch } from '../core/branch-state.ts';
import { UserError } from '../core/errors.ts';
import { findEnvironment } from '../core/graph.ts';
import { checkDeployBranch, releasesOf } from './check-deploy-branch.ts';
import { createGitHubFacts } from './github-facts.ts';
import { createRenderer } from './render.ts';
import { remoteRefs, reopenRepository, type Repository } from './repository.ts';
import { createSources } from './sources.ts';

/**
 * Runs the guard on a commit before it is written: on GitHub no hook of ours does. By the configuration at the tip of
 * main, on the commit as it would be. Throws UserError with every problem.
 */
export async function requireGuard(
  context: Context,
  repository: Repository,
  environment: string,
  request: CommitRequest & { head: string },
): Promise<void> {
  const { git, remote } = repository;
  const [{ main, config }, [commit = '']] = await Promise.all([
    reopenRepository(repository),
    git.commit(request.head, request),
  ]);
  const { render, ahead } = createRenderer(config, createSources(git));
  const facts = {
    git,
    config,
    environment: findEnvironment(config, environment),
    main,
    refs: remoteRefs(remote),
    old: request.head,
    new: commit,
    now: context.clock.now(),
    github: createGitHubFacts(repository, environment),
    render,
  };
  ahead(await releasesOf(facts));
  const problems = await checkDeployBranch(facts);
  if (problems.length === 0) return;
  throw new UserError(
    `the guard refuses the landing on ${deployBranch(environment)}\n${problems.map((each) => `  ${each}`).join('\n')}`,
    { hint: 'nothing was written; plan it again', exit: 'blocked' },
  );
}
