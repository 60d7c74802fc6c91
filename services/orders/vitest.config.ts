import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/postgres.ts',
    // On a busy machine a process alone can take seconds to start.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
