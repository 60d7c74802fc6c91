import { defineConfig } from 'vitest/config';

/**
 * What can go wrong between people and processes: `pnpm run test:faults`, apart from the unit tests since each takes
 * seconds of all cores. `SLUICE_REPEATS=50 pnpm run test:faults` looks for flakes.
 */
export default defineConfig({
  test: {
    name: 'faults',
    include: ['scripts/faults/*.faults.ts'],
    testTimeout: 10 * 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
