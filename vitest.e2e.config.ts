import { defineConfig } from 'vitest/config';

/** The whole product on a real platform, as root: `pnpm run test:e2e`. One file after the other, since a host has one platform. */
export default defineConfig({
  test: {
    name: 'e2e',
    include: ['e2e/*.e2e.ts'],
    fileParallelism: false,
    testTimeout: 15 * 60_000,
    hookTimeout: 45 * 60_000,
    bail: 0,
    reporters: ['verbose'],
  },
});
