import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { UserError } from '../core/errors.ts';

const mergePatch = 'application/merge-patch+json';

/** An object; undefined where there is none. */
export async function get<T>(config: KubeConfig, path: string): Promise<T | undefined> {
  return (await send(config, 'GET', path)) as T | undefined;
}

/** The items of a list; none where the cluster does not know the kind. */
export async function list<T>(config: KubeConfig, path: string): Promise<T[]> {
  return ((await send(config, 'GET', path)) as { items: T[] } | undefined)?.items ?? [];
}

/**
 * Sends one request to the API of the kubeconfig's current cluster; gives the parsed answer, or undefined for 404, and
 * for 409 where the body names the version of the object that it is for.
 * Throws UserError for every other answer that is not a success, and where none comes within 10 s.
 */
export async function send(
  config: KubeConfig,
  method: string,
  path: string,
  body?: { metadata?: object; [key: string]: unknown },
): Promise<unknown> {
  const conditional = body?.metadata !== undefined && 'resourceVersion' in body.metadata;
  const server = config.getCurrentCluster()?.server ?? '';
  const url = new URL(path, server);
  const headers = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': mergePatch }) };
  const options: RequestOptions = { method, timeout: 10_000, headers };
  await config.applyToHTTPSOptions(options);
  const { status, text } = await exchange(url, options, body === undefined ? undefined : JSON.stringify(body));
  if (status === 404 || (status === 409 && conditional)) return undefined;
  if (status >= 300) {
    throw new UserError(`the cluster at ${server} answered ${status} for ${path}: ${firstMessage(text)}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`what answers at ${server} for ${path} is no Kubernetes API: ${text.slice(0, 80)}`, {
      exit: 'unknown',
    });
  }
}

function exchange(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    function fail(error: Error): void {
      reject(
        new UserError(`the cluster does not answer at ${url.origin}: ${error.message}`, {
          exit: 'unknown',
          cause: error,
        }),
      );
    }
    const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
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
