import { setTimeout as pause } from 'node:timers/promises';

/** Tries until it has happened; an API server takes in what it was told a moment later. */
export async function until(happened: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await happened())) {
    if (Date.now() > deadline) throw new Error('did not happen within 30 s');
    await pause(50);
  }
}
