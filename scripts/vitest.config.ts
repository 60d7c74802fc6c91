import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: '@sluice/scripts',
    // Commands run with real git and real kustomize, on machines that may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // No cluster of whoever runs the tests is ever asked.
    env: { KUBECONFIG: '/no/kubeconfig', GH_TOKEN: '', GITHUB_TOKEN: '' },
  },
});
