import type { Octokit } from '@octokit/rest';
import { UserError } from '../../core/errors.ts';
import { gitHubPage } from '../../core/github-address.ts';
import type { Client } from './client.ts';

/** Starts a workflow of main with inputs, at most once; gives where to watch it. */
export async function dispatchWorkflow(
  { ask, repo, address }: Client,
  workflow: string,
  inputs: Record<string, string>,
): Promise<string> {
  const question = { what: `start ${workflow}`, needs: 'actions: write' };
  const page = `${gitHubPage(address)}/actions/workflows/${workflow}`;
  async function start(octokit: Octokit): Promise<string> {
    const { data } = await octokit.rest.actions.createWorkflowDispatch({
      ...repo,
      workflow_id: workflow,
      ref: 'main',
      inputs,
      return_run_details: true,
      // What is asked for twice may be done twice: a rollback goes back further.
      request: { retries: 0 },
    });
    // An older server starts it without a word about the run.
    return (data as { html_url?: string } | undefined)?.html_url ?? page;
  }
  return ask(question, start, ({ status, cause }) => {
    if (status < 500) return undefined;
    throw new UserError(`GitHub did not say whether it started ${workflow}`, {
      hint: `look before you ask again: ${page}`,
      exit: 'unknown',
      cause,
    });
  });
}
