import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The header that a registry wants after it has answered 401, by its challenge: a token for what was asked, or name and
 * password themselves. Who asks is whom `docker login` stored for that host, else nobody in particular, which is enough
 * for public images. Undefined where the registry offers no such way, or refuses who asks.
 */
export async function authorize(challenge: string | null, host: string): Promise<string | undefined> {
  const login = await storedLogin(host);
  const [, scheme = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(challenge ?? '') ?? [];
  if (scheme.toLowerCase() === 'basic') return login;
  if (scheme.toLowerCase() !== 'bearer') return undefined;
  const { realm, ...scope } = parameters(rest);
  const url = URL.parse(realm ?? '');
  // Whoever can answer for the registry must not be given a password in the clear.
  if (url === null || (url.protocol !== 'https:' && url.hostname !== '127.0.0.1')) return undefined;
  for (const [key, value] of Object.entries(scope)) url.searchParams.set(key, value);
  const headers = login === undefined ? {} : { authorization: login };
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) return undefined;
  const { token, access_token: other } = (await answer.json()) as { token?: unknown; access_token?: unknown };
  const given = token ?? other;
  return typeof given === 'string' ? `Bearer ${given}` : undefined;
}

/** The `key="value"` pairs of a challenge (RFC 9110, 11.6.1). */
function parameters(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
}

/** What `docker login` wrote for a host; a login that a helper keeps is not asked for. */
async function storedLogin(host: string): Promise<string | undefined> {
  const file = join(process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'config.json');
  try {
    const { auths = {} } = JSON.parse(await readFile(file, 'utf8')) as { auths?: Record<string, { auth?: string }> };
    const auth = Object.hasOwn(auths, host) ? auths[host]?.auth : undefined;
    return auth === undefined ? undefined : `Basic ${auth}`;
  } catch {
    return undefined;
  }
}
