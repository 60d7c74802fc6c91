import pRetry from 'p-retry';
import { UserError } from '../core/errors.ts';
import { authorize } from './registry-login.ts';

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/**
 * The digest that a registry has for a tag, by the Docker-Content-Digest of its HTTP API; undefined where it has none.
 * `image` is a name with its registry's host, as 127.0.0.1:5000/orders. Throws UserError where the registry cannot be asked.
 */
export async function registryDigest(image: string, tag: string): Promise<string | undefined> {
  const [host = '', ...rest] = image.split('/');
  const scheme = isLoopback(host) ? 'http' : 'https';
  const url = `${scheme}://${host}/v2/${rest.join('/')}/manifests/${tag}`;
  const response = await askAs(url, host);
  if (response.status === 404) return undefined;
  if (!response.ok) {
    throw new UserError(`the registry ${host} answered ${response.status} for ${image}:${tag}`, {
      hint: [401, 403].includes(response.status) ? `docker login ${host}` : 'try again when it answers',
    });
  }
  return response.headers.get('docker-content-digest') ?? undefined;
}

/** Throws UserError where no registry answers at an image's host. */
export async function requireRegistry(image: string): Promise<void> {
  const host = image.split('/')[0] ?? '';
  await ask(`${isLoopback(host) ? 'http' : 'https'}://${host}/v2/`);
}

/** Asks as anybody, and where that is not enough as whom the registry wants. */
async function askAs(url: string, host: string): Promise<Response> {
  const response = await ask(url);
  if (response.status !== 401) return response;
  const authorization = await authorize(response.headers.get('www-authenticate'), host);
  return authorization === undefined ? response : ask(url, { authorization });
}

async function ask(url: string, more: Readonly<Record<string, string>> = {}): Promise<Response> {
  const headers = { accept: manifestTypes.join(', '), ...more };
  try {
    return await pRetry(() => fetch(url, { method: 'HEAD', headers, signal: AbortSignal.timeout(10_000) }), {
      retries: 2,
      minTimeout: 200,
      shouldRetry: () => true,
    });
  } catch (error) {
    const reason =
      error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
    throw new UserError(`the registry does not answer at ${new URL(url).host}: ${reason}`, {
      hint: 'nothing was committed; bring the registry back (locally: pnpm start), then push again or run pnpm run deliver',
      cause: error,
    });
  }
}

/** True for an image or a registry on this machine, which speaks plain HTTP. */
export function isLoopback(image: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?(\/|$)/.test(image);
}
