import { defineConfig } from 'vitest/config';

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
