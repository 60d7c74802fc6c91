import type { IncomingMessage } from 'node:http';
import { authorize } from './access.ts';
import type { Answer } from './operation.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import type { Operation, RestSchema } from './rest-schema.ts';
import { routes } from './routes.ts';
import type { State } from './state.ts';

export interface RestCall {
  operation: Operation;
  params: Record<string, string>;
  url: URL;
  body: unknown;
}

/** Answers a call, or refuses it as GitHub would. */
export async function answerRest(
  state: State,
  schema: RestSchema,
  request: Pick<IncomingMessage, 'headers'>,
  { operation, params, url, body }: RestCall,
): Promise<Answer> {
  const route = routes[operation.id];
  const headers = { 'x-accepted-github-permissions': route.permissions.join('; ') };
  let by: string | undefined;
  try {
    const token = authorize(state, request.headers.authorization, operation, route, params);
    by = token.actor.login;
    checkQuery(operation, url.searchParams);
    const problems = operation.request?.(body ?? {}) ?? [];
    if (problems.length > 0) throw refuse(422, `Invalid request.\n\n${problems.join('\n')}`);
    const answer = await route.handle({ state, schema, token, params, query: url.searchParams, url, body });
    return { ...answer, headers: { ...headers, ...answer.headers }, by };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { ...refusalAnswer(error, operation.documentation), by };
  }
}

export function refusalAnswer({ message, refusal }: Refusal, documentation: string): Answer {
  const { status, errors, headers } = refusal;
  const body = {
    message,
    documentation_url: documentation,
    ...(errors === undefined ? {} : { errors }),
    ...(status === 422 ? {} : { status: String(status) }),
  };
  return { status, body, ...(headers === undefined ? {} : { headers }) };
}

/** GitHub passes over parameters that it does not know; here they are mistakes. */
function checkQuery({ query }: Operation, given: URLSearchParams): void {
  for (const [name, value] of given) {
    const known = query.find((parameter) => parameter.name === name);
    if (known === undefined) throw refuse(422, `Invalid request.\n\n"${name}" is not a parameter of this operation.`);
    const { enum: values, type } = known.schema;
    const fits = values === undefined ? type !== 'integer' || /^\d+$/.test(value) : values.includes(value);
    if (!fits) throw refuse(422, `Invalid request.\n\n"${value}" is not a value of "${name}".`);
  }
}

/** What in an answer is not as GitHub publishes it. */
export function violations(schema: RestSchema, operation: Operation, { status, body }: Answer): string[] {
  const expected = operation.response(status);
  if (expected === 'empty' && status < 400) return body === undefined ? [] : ['the answer has a body'];
  if (expected === undefined && status < 400) return [`${status} is not a documented status`];
  const validate = expected === undefined || expected === 'empty' ? schema.error : expected;
  return validate(body);
}
