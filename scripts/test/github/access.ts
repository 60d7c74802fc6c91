import { requireAppToken } from './operations/apps.ts';
import { refuse } from './refusal.ts';
import type { Operation } from './rest-schema.ts';
import type { Route } from './routes.ts';
import type { Permission, State, Token } from './state.ts';

/** The token of an `authorization` header; 401 for one that is wrong, has expired or is used up, undefined without any. */
export function authenticate(state: State, authorization: string | undefined): Token | undefined {
  if (authorization === undefined) return undefined;
  const token = state.tokens.get(secretOf(authorization));
  const expired = token?.expires !== undefined && token.expires <= state.now();
  if (token === undefined || expired || token.calls === 0) throw refuse(401, 'Bad credentials');
  if (token.calls !== undefined) token.calls -= 1;
  return token;
}

/** Who may ask for this: throws 404 where the token does not see the repository, 403 where it lacks the permission. */
export function authorize(
  state: State,
  authorization: string | undefined,
  operation: Operation,
  route: Route,
  params: Record<string, string>,
): Token {
  if (operation.id === 'apps/create-installation-access-token') {
    requireAppToken({ state }, authorization === undefined ? undefined : secretOf(authorization));
    return { kind: 'app', actor: state.app.actor, permissions: {}, repositories: [] };
  }
  const token = authenticate(state, authorization);
  if (token === undefined) throw refuse(operation.id === 'rate-limit/get' ? 401 : 404, 'Not Found');
  const repository = params['repo'] === undefined ? undefined : `${params['owner']}/${params['repo']}`;
  if (repository === undefined) return token;
  const here = `${state.owner}/${state.name}`;
  // GitHub does not care about case in names.
  const seen = token.repositories.some((each) => each.toLowerCase() === repository.toLowerCase());
  if (!seen || repository.toLowerCase() !== here.toLowerCase()) throw refuse(404, 'Not Found');
  if (!route.permissions.some((permission) => permits(token, permission))) {
    const missing = { 'x-accepted-github-permissions': route.permissions.join('; ') };
    const message = `Resource not accessible by ${token.kind === 'person' ? 'personal access token' : 'integration'}`;
    throw refuse(403, message, { headers: missing });
  }
  return token;
}

function permits({ permissions }: Token, needed: string): boolean {
  const [name, access] = needed.split('=') as [Permission, 'read' | 'write'];
  return permissions[name] === 'write' || permissions[name] === access;
}

function secretOf(authorization: string): string {
  return authorization.replace(/^(token|bearer)\s+/i, '');
}
