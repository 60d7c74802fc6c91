import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startService } from '@sluice/chassis/testing';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

it('answers as a process, and ends with 0 at SIGTERM', async () => {
  const service = await startService(main, { FAULT_ERROR_RATE: '0', VERSION: 'v2' });

  const hello = await fetch(`${service.url}/api/v1/hello`);
  service.child.kill('SIGTERM');

  expect(await hello.json()).toMatchObject({ service: 'storefront', version: 'v2' });
  expect(await service.exited).toBe(0);
});
