import { describe, expect, it } from 'vitest';
import { openLab, refusal } from './lab.ts';

describe('check runs and statuses', () => {
  it('are told of a branch or a commit, the newest of each name', async () => {
    const { octokit, where, github, head } = await openLab();
    const sha = await head('main');
    await github.checkRun('main', 'ci-ok', 'failure');
    await github.checkRun(sha, 'ci-ok', 'success');
    await github.checkRun('main', 'lint');
    const told = async (more: object = {}): Promise<unknown[]> =>
      (await octokit.rest.checks.listForRef({ ...where, ref: 'main', ...more })).data.check_runs.map(
        ({ name, status, conclusion }) => [name, status, conclusion],
      );
    const [ok, lint] = [
      ['ci-ok', 'completed', 'success'],
      ['lint', 'in_progress', null],
    ];
    expect(await told()).toEqual([ok, lint]);
    expect(await told({ ref: sha, check_name: 'ci-ok' })).toEqual([ok]);
    expect(await told({ status: 'in_progress' })).toEqual([lint]);
    expect(await told({ filter: 'all', check_name: 'ci-ok' })).toEqual([['ci-ok', 'completed', 'failure'], ok]);
    expect((await refusal(octokit.rest.checks.listForRef({ ...where, ref: 'none' }))).status).toBe(422);
  });

  it('make a commit pending, failed or successful', async () => {
    const { octokit, where, github } = await openLab();
    const state = async (): Promise<string> =>
      (await octokit.rest.repos.getCombinedStatusForRef({ ...where, ref: 'main' })).data.state;
    expect(await state()).toBe('pending');
    await github.status('main', 'build', 'success');
    expect(await state()).toBe('success');
    await github.status('main', 'scan', 'error');
    expect(await state()).toBe('failure');
    await github.status('main', 'scan', 'success');
    expect(await state()).toBe('success');
  });
});

describe('a dispatch', () => {
  const workflow = `on:
  workflow_dispatch:
    inputs:
      apps: {required: true, type: string}
      environment: {required: true, type: choice, options: [staging, prod]}
      reason: {type: string}
`;

  it('is recorded, with inputs that the workflow takes', async () => {
    const { octokit, where, github, commit } = await openLab();
    await commit('main', {
      '.github/workflows/promote.yaml': workflow,
      '.github/workflows/checks.yaml': 'on: {push: }\n',
    });
    const inputs = { apps: 'web', environment: 'prod' };
    const call = { ...where, workflow_id: 'promote.yaml', ref: 'main', inputs };
    const dispatch = octokit.rest.actions.createWorkflowDispatch;
    expect((await dispatch(call)).status).toBe(204);
    const answered = await dispatch({ ...call, return_run_details: true });
    expect(answered.status).toBe(200);
    expect(github.dispatches()[0]).toEqual({ workflow: 'promote.yaml', ref: 'main', inputs, by: 'sluice[bot]' });

    const said = async (wrong: object): Promise<string> =>
      (await refusal(dispatch({ ...call, ...wrong }))).data.message;
    expect(await said({ workflow_id: 'none.yaml' })).toBe('Not Found');
    expect(await said({ workflow_id: 'checks.yaml' })).toBe("Workflow does not have 'workflow_dispatch' trigger");
    expect(await said({ ref: 'none' })).toBe('No ref found for: none');
    expect(await said({ inputs: { ...inputs, app: 'web' } })).toBe('Unexpected inputs provided: ["app"]');
    expect(await said({ inputs: { environment: 'prod' } })).toBe("Required input 'apps' not provided");
    expect(await said({ inputs: { ...inputs, environment: 'moon' } })).toContain('not in the list of allowed values');
    expect(github.dispatches()).toHaveLength(2);
  });
});

describe('events', () => {
  it("made with a workflow's own token start no workflow, dispatches apart", async () => {
    const lab = await openLab();
    await lab.commit('main', { '.github/workflows/promote.yaml': 'on: {workflow_dispatch: }\n' });
    await lab.commit('promote/web');
    const proposal = { ...lab.where, head: 'promote/web', base: 'deploy/prod', title: 'T' };
    const own = lab.client(lab.github.issue({ kind: 'workflow' })).rest;
    await own.pulls.create(proposal);
    await own.pulls.update({ ...lab.where, pull_number: 1, state: 'closed' });
    await own.actions.createWorkflowDispatch({ ...lab.where, workflow_id: 'promote.yaml', ref: 'main' });
    expect(lab.github.events().map(({ event }) => event)).toEqual(['workflow_dispatch']);

    await lab.octokit.rest.pulls.create(proposal);
    expect(lab.github.events().at(-1)).toEqual({
      event: 'pull_request',
      action: 'opened',
      number: 2,
      by: 'sluice[bot]',
    });
  });
});
