import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

// One more than there are cores, since tests of commands wait for git; projects take the number from here alone.
process.env['VITEST_MAX_WORKERS'] ??= String(availableParallelism() + 1);

const core = 'src/core/**/*.test.ts';

/** `pnpm test` runs every project; `pnpm test --project @sluice/kustomize` or `pnpm --filter` one. End-to-end tests are `*.e2e.ts`. */
export default defineConfig({
  test: {
    projects: [
      {
        extends: './scripts/vitest.config.ts',
        root: 'scripts',
        test: { name: '@sluice/scripts', exclude: [...configDefaults.exclude, core] },
      },
      // What is pure leaves nothing behind: its tests share a worker, and load what they need once.
      {
        extends: './scripts/vitest.config.ts',
        root: 'scripts',
        test: { name: '@sluice/scripts/core', include: [core], isolate: false },
      },
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
