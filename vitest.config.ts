import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// One more than there are cores, since tests of commands wait for git; projects take the number from here alone.
process.env['VITEST_MAX_WORKERS'] ??= String(availableParallelism() + 1);

/** `pnpm test` runs every project; `pnpm test --project @sluice/kustomize` or `pnpm --filter` one. End-to-end tests are `*.e2e.ts`. */
export default defineConfig({
  test: {
    projects: [
      'scripts',
      'packages/*',
      'services/*',
      {
        test: {
          name: 'repository',
          include: ['*.test.ts', '{infrastructure,argocd,.github,.oxlint}/**/*.test.ts'],
        },
      },
    ],
  },
});
