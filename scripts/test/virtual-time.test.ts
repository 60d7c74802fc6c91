import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { virtualTime } from './virtual-time.ts';

const elapse = virtualTime();

function wait(seconds: number): Promise<'waited'> {
  return new Promise((done) => void setTimeout(() => done('waited'), seconds * 1000));
}

describe('virtual time', () => {
  it('is over at once, and told as what it was', async () => {
    const before = performance.now();
    const { value, seconds } = await elapse(async () => [await wait(3600), await wait(60)]);
    expect({ value, seconds }).toEqual({ value: ['waited', 'waited'], seconds: 3660 });
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  it('does not pass while a process runs or a request is answered', async () => {
    const run = promisify(execFile);
    const server = createServer((_, response) => void run('sleep', ['0.1']).then(() => response.end('answered')));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const process = elapse(() => Promise.race([run('sleep', ['0.1']).then(() => 'ended'), wait(1)]));
    expect((await process).value).toBe('ended');
    const request = await elapse(() => Promise.race([fetch(url).then((answer) => answer.text()), wait(1)]));
    expect(request).toEqual({ value: 'answered', error: undefined, seconds: 0 });
  });

  it('gives back what goes wrong', async () => {
    const { error, seconds } = await elapse(async () => {
      await wait(2);
      throw new Error('no');
    });
    expect(error?.message).toBe('no');
    expect(seconds).toBe(2);
  });
});
