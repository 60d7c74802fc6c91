import { createServer } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { freePorts } from './ports.ts';

/** What is drawn next; by chance where nothing is. */
const { drawn } = vi.hoisted(() => ({ drawn: [] as number[] }));
vi.mock(import('node:crypto'), async (importOriginal) => {
  const crypto = await importOriginal();
  const randomInt = (lowest: number, highest: number): number => drawn.shift() ?? crypto.randomInt(lowest, highest);
  return { ...crypto, randomInt: randomInt as typeof crypto.randomInt };
});

it('gives ports that are all different, and none on which somebody listens', async () => {
  const [taken, first, second] = (await freePorts(3)) as [number, number, number];
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(taken, '127.0.0.1', resolve));
  onTestFinished(() => void holder.close());
  drawn.push(taken, first, first, second);

  expect(await freePorts(2)).toEqual([first, second]);
});

it('gives none that a system hands out by itself', async () => {
  expect(Math.max(...(await freePorts(200)))).toBeLessThan(30_000);
});
