import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startService } from '@sluice/chassis/testing';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

it('answers as a process, and ends with 0 at SIGTERM', async () => {
  const service = await startService(main, { VERSION: 'v2' });

  const version = await fetch(`${service.url}/version`);
  service.child.kill('SIGTERM');

  expect(await version.json()).toMatchObject({ service: 'orders', version: 'v2' });
  expect(await service.exited).toBe(0);
});
