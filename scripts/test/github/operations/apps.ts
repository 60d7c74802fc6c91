import { randomBytes, verify } from 'node:crypto';
import { complete } from '../complete.ts';
import { time } from '../objects.ts';
import type { Asked, Handler } from '../operation.ts';
import { rateOf } from '../rate.ts';
import { refuse } from '../refusal.ts';
import type { Permissions, State } from '../state.ts';

export const getRateLimit: Handler = ({ state }) => {
  const [core, graphql] = [rateOf(state, 'core'), rateOf(state, 'graphql')];
  const search = { limit: 30, used: 0, remaining: 30, reset: core.reset };
  return { status: 200, body: { resources: { core, search, graphql }, rate: core } };
};

/** A token for an hour, for whoever shows a JSON web token that the app has signed. */
export const createAccessToken: Handler = ({ state, schema, params, body }) => {
  if (params['installation_id'] !== String(state.app.installation)) throw refuse(404, 'Not Found');
  const asked = (body ?? {}) as { permissions?: Permissions };
  const permissions = { ...state.app.permissions, ...asked.permissions };
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  const expires = new Date(state.now().getTime() + 3_600_000);
  const repositories = [`${state.owner}/${state.name}`];
  state.tokens.set(token, { kind: 'app', actor: state.app.actor, permissions, repositories, expires });
  const answer = { token, expires_at: time(expires), permissions, repository_selection: 'selected' };
  return { status: 201, body: complete(schema, 'installation-token', answer) };
};

/** Throws 401 unless it is a web token of the app: RS256, issued by it, for ten minutes at most. */
export function requireAppToken({ state }: Pick<Asked, 'state'>, given: string | undefined): void {
  const [header = '', claims = '', signature = ''] = (given ?? '').split('.');
  const { publicKey } = state.app;
  const genuine =
    publicKey !== undefined &&
    decoded(header)['alg'] === 'RS256' &&
    verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'));
  if (!genuine) throw refuse(401, 'A JSON web token could not be decoded');
  const why = wrongClaims(state, decoded(claims));
  if (why !== undefined) throw refuse(401, why);
}

function wrongClaims({ app, now }: State, { iss, iat, exp }: Record<string, unknown>): string | undefined {
  const seconds = now().getTime() / 1000;
  if (String(iss) !== app.clientId && String(iss) !== String(app.id))
    return "'Issuer' claim ('iss') must be an Integer";
  if (typeof exp !== 'number' || exp <= seconds)
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  if (exp > seconds + 600) return "'Expiration time' claim ('exp') is too far in the future";
  if (typeof iat !== 'number' || iat > seconds)
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  return undefined;
}

function decoded(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
