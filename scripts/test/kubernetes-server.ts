import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary.ts';

/** An API server that answers over real HTTP with what is put in it: a value as JSON, a text as it is, a number as that status. */
export interface TestKubernetes {
  /** By path, with the query where one is asked; changes count at once. */
  answers: Map<string, unknown>;
  /** What was asked, as `GET /path`. */
  asked: string[];
  kubeconfig: string;
}

/** Starts one for a test; the kubeconfig has it under a context of this name. */
export async function startKubernetes(name = 'cluster'): Promise<TestKubernetes> {
  const answers = new Map<string, unknown>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    asked.push(`${request.method ?? ''} ${url}`);
    const answer = request.method === 'PATCH' ? {} : (answers.get(url) ?? answers.get(url.split('?')[0] ?? ''));
    const status = typeof answer === 'number' ? answer : answer === undefined ? 404 : 200;
    response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? { message: 'none' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(await temporaryFolder(), 'kubeconfig');
  const config = {
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name, context: { cluster: 'c', user: 'u' } }],
    'current-context': name,
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  return { answers, asked, kubeconfig };
}
