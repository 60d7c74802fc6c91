import type { Octokit } from '@octokit/rest';
import { UserError } from '../../core/errors.ts';
import { gitHubPage } from '../../core/github-address.ts';
import type { Client } from './client.ts';
import { readApiError } from './errors.ts';

/** Starts a workflow of main with inputs, at most once; gives where to watch it: the run, or all of that workflow where the server does not name it. */
export async function dispatchWorkflow(
  { ask, repo, address }: Client,
  workflow: string,
  inputs: Record<string, string>,
): Promise<string> {
  const question = { what: `start ${workflow}`, needs: 'actions: write' };
  const page = `${gitHubPage(address)}/actions/workflows/${workflow}`;
  async function start(octokit: Octokit): Promise<string> {
    const { createWorkflowDispatch } = octokit.rest.actions;
    // What is asked for twice may be done twice: a rollback goes back further.
    const asked = { ...repo, workflow_id: workflow, ref: 'main', inputs, request: { retries: 0 } };
    try {
      const { data } = await createWorkflowDispatch({ ...asked, return_run_details: true });
      return (data as { html_url?: string } | undefined)?.html_url ?? page;
    } catch (error) {
      if (!isUnknownKey(error, 'return_run_details')) throw error;
      // A GitHub Enterprise Server refuses a key that it does not know before it starts anything.
      await createWorkflowDispatch(asked);
      return page;
    }
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

/** Whether a call was refused for a key that the server does not know. */
function isUnknownKey(error: unknown, key: string): boolean {
  const known = readApiError(error);
  return known?.status === 422 && known.messages.some((each) => each.includes(`"${key}" is not a permitted key`));
}
