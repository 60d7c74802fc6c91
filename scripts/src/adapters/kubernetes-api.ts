import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { UserError } from '../core/errors.ts';

/** The path of what is in a namespace: `base` is the group and version, the parts are names of kinds and objects. */
export function inNamespace(base: string, namespace: string, ...parts: string[]): string {
  return `${base}/namespaces/${[namespace, ...parts].map(encodeURIComponent).join('/')}`;
}

/** The cluster does not answer, or cannot for now: asked again in a moment it may. */
export class ClusterSilent extends UserError {
  constructor(message: string, cause?: unknown) {
    super(message, { exit: 'unknown', cause });
  }
}

const mergePatch = 'application/merge-patch+json';

/** An object; undefined where it does not exist. Like all here, throws UserError where the cluster refuses or does not answer. */
export async function get<T>(config: KubeConfig, path: string): Promise<T | undefined> {
  return (await json(config, 'GET', path)) as T | undefined;
}

/** The items of a list, which do not name their kind; none where the cluster does not know it. */
export async function list<T>(config: KubeConfig, path: string): Promise<T[]> {
  return ((await json(config, 'GET', path)) as { items: T[] } | undefined)?.items ?? [];
}

/** What a merge patch gives; with the version of the object that it is for, it changes no other. */
export interface Patch {
  metadata?: object;
  [key: string]: unknown;
}

/** Changes what an object has by the fields that are given; false where it does not exist, or in that version no longer. */
export async function patch(config: KubeConfig, path: string, body: Patch): Promise<boolean> {
  return (await json(config, 'PATCH', path, body)) !== undefined;
}

/** Has an object deleted; the answer does not wait for that. */
export async function remove(config: KubeConfig, path: string): Promise<void> {
  await json(config, 'DELETE', path);
}

/** A text, such as a log; undefined where there is none. */
export async function read(config: KubeConfig, path: string): Promise<string | undefined> {
  return send(config, 'GET', path);
}

async function json(config: KubeConfig, method: string, path: string, body?: Patch): Promise<unknown> {
  const text = await send(config, method, path, body);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    const server = config.getCurrentCluster()?.server ?? '';
    throw new UserError(`what answers at ${server} for ${path} is no Kubernetes API: ${text.slice(0, 80)}`, {
      exit: 'unknown',
    });
  }
}

/** Sends one request; gives the text of the answer, or undefined for 404, and for 409 where the body names a version. */
async function send(config: KubeConfig, method: string, path: string, body?: Patch): Promise<string | undefined> {
  const conditional = body?.metadata !== undefined && 'resourceVersion' in body.metadata;
  const server = config.getCurrentCluster()?.server ?? '';
  const url = new URL(path, server);
  const headers = { accept: 'application/json, */*', ...(body === undefined ? {} : { 'content-type': mergePatch }) };
  const options: RequestOptions = { method, timeout: 10_000, headers };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`the kubeconfig gives no access to ${server}: ${reason}`, { exit: 'unknown', cause: error });
  }
  const { status, text } = await exchange(url, options, body === undefined ? undefined : JSON.stringify(body));
  if (status === 404 || (status === 409 && conditional)) return undefined;
  if (status >= 300) {
    const said = `the cluster at ${server} answered ${status} for ${path}: ${firstMessage(text)}`;
    // An API server that starts, or has too much to do, answers so.
    throw status === 429 || status >= 500 ? new ClusterSilent(said) : new UserError(said);
  }
  return text;
}

function exchange(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<{ status: number; text: string }> {
  // An import would load all of Node's fetch with it, in every command, whether or not there is a cluster to ask.
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  return new Promise((resolve, reject) => {
    function fail(error: Error): void {
      reject(new ClusterSilent(`the cluster does not answer at ${url.origin}: ${error.message}`, error));
    }
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.on('error', fail);
    sent.on('timeout', () => sent.destroy(new Error('no answer within 10 s')));
    sent.end(body);
  });
}

function firstMessage(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.slice(0, 200);
  }
}
