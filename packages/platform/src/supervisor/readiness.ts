import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps, type RequestOptions } from 'node:https';
import { connect, type NetConnectOpts } from 'node:net';
import type { ReadyCheck } from './spec.ts';

/** Asks once, for at most `timeout` milliseconds; any trouble means not ready. */
export async function isReady(check: ReadyCheck, timeout = 2000): Promise<boolean> {
  try {
    if (check.kind === 'tcp') return await connects({ host: check.host, port: check.port }, timeout);
    if (check.kind === 'socket') return await connects({ path: check.path }, timeout);
    return await answers(check, timeout);
  } catch {
    return false;
  }
}

async function connects(options: NetConnectOpts, timeout: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(options);
    const end = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(timeout, () => end(false));
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
  });
}

async function answers(check: ReadyCheck & { kind: 'http' }, timeout: number): Promise<boolean> {
  const options: RequestOptions = { agent: false, timeout };
  if (check.ca !== undefined) options.ca = readFileSync(check.ca);
  if (check.cert !== undefined) options.cert = readFileSync(check.cert);
  if (check.key !== undefined) options.key = readFileSync(check.key);
  const request = check.url.startsWith('https:') ? requestHttps : requestHttp;
  return await new Promise((resolve) => {
    const sent = request(check.url, options, (response) => {
      response.resume();
      resolve(response.statusCode !== undefined && response.statusCode < 400);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
    sent.on('close', () => resolve(false));
    sent.end();
  });
}
