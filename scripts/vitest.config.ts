import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: '@sluice/scripts',
    // Commands run as processes of their own, with real git and real kustomize, on machines that may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
