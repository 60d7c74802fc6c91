import { defineConfig } from 'vitest/config';

/** The whole product on a real platform, as root: `pnpm run test:e2e`. One file, in order, since there is one platform. */
export default defineConfig({
  test: {
    name: 'e2e',
    include: ['e2e/*.e2e.ts'],
    testTimeout: 15 * 60_000,
    hookTimeout: 45 * 60_000,
    bail: 0,
    reporters: ['verbose'],
  },
});
