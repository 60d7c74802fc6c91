import { describe, expect, it } from 'vitest';
import { failure, gitHubLab, type GitHubLab } from '../../../test/github-lab.ts';

const file = 'carry-out.yaml';
const page = `https://github.com/acme/shop/actions/workflows/${file}`;
const inputs = { apps: 'web' };

async function labWithWorkflow(...options: Parameters<typeof gitHubLab>): Promise<GitHubLab> {
  const lab = await gitHubLab(...options);
  await lab.commit('main', { [`.github/workflows/${file}`]: 'on: {workflow_dispatch: {inputs: {apps: {}}}}\n' });
  return lab;
}

describe('a workflow', () => {
  it('is started with its inputs, and its run is where to watch it', async () => {
    const { github, server } = await labWithWorkflow();

    expect(await github.dispatch(file, inputs)).toMatch(/\/acme\/shop\/actions\/runs\/\d+$/);
    expect(server.dispatches()).toMatchObject([{ workflow: file, ref: 'main', inputs }]);
  });

  it('is started once by a server that refuses to name the run, and watched on its own page', async () => {
    const { github, server } = await labWithWorkflow({ olderServer: true });

    expect(await github.dispatch(file, inputs)).toBe(page);
    expect(server.dispatches()).toMatchObject([{ workflow: file, ref: 'main', inputs }]);
    expect(server.calls().map(({ status }) => status)).toEqual([422, 204]);
  });

  it('is not asked for again where something else about it is refused', async () => {
    const { github, server } = await labWithWorkflow({ olderServer: true });
    const refused = await failure(github.dispatch(file, { app: 'web' }));

    expect(refused.message).toContain('Unexpected inputs provided: ["app"]');
    expect(server.calls().map(({ status }) => status)).toEqual([422, 422]);
  });

  it.each(['done, connection reset', 'done, 500', 'done, cut body'] as const)(
    'is started once, though the answer was lost, and where to look is said: %s',
    async (kind) => {
      const { github, server } = await labWithWorkflow();
      server.fault({ on: 'actions/create-workflow-dispatch', kind });
      const failed = await failure(github.dispatch(file, inputs));

      expect(failed.message).toBe(`GitHub did not say whether it started ${file}`);
      expect(failed.hint).toBe(`look before you ask again: ${page}`);
      expect(server.dispatches()).toHaveLength(1);
    },
  );
});
