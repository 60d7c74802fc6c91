import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authenticate } from './access.ts';
import { createFaults, insteadOf, interfere, type Fault } from './faults.ts';
import { createGraphQL, type Asking, type GraphQLRequest } from './graphql.ts';
import type { Answer } from './operation.ts';
import { rateHeaders } from './rate.ts';
import { isRefusal, refuse } from './refusal.ts';
import { answerRest, refusalAnswer, violations } from './rest.ts';
import { readRestSchema, type RestSchema } from './rest-schema.ts';
import { createRouter } from './routes.ts';
import type { RateResource, State } from './state.ts';

/** A call that has been understood: what it would do, and doing it. */
interface Prepared {
  operation: string;
  mutating: boolean;
  resource: RateResource;
  branch: string | undefined;
  work(): Promise<Answer>;
}

export interface Server {
  url: string;
  fault(fault: Fault): void;
  /** Throws where an answer was not as GitHub publishes it, or a fault never struck. */
  stop(): Promise<void>;
}

/** What is published is read and compiled once, however many servers a test file starts. */
export interface Published {
  rest: RestSchema;
  readQuery: (asking: Asking) => GraphQLRequest;
}

export function readPublished(): Published {
  return { rest: readRestSchema(), readQuery: createGraphQL() };
}

/** Serves a state over HTTP; answers are judged by what GitHub publishes. */
export async function serve(state: State, { rest: schema, readQuery }: Published): Promise<Server> {
  const route = createRouter(schema);
  const faults = createFaults();
  const broken: string[] = [];

  function prepare(request: IncomingMessage, url: URL, body: unknown): Prepared {
    const method = request.method ?? 'GET';
    if (method === 'POST' && url.pathname === '/graphql') {
      const query = readQuery(body as Asking);
      const work = async (): Promise<Answer> => {
        const token = authenticate(state, request.headers.authorization);
        if (token === undefined) throw refuse(403, 'This endpoint requires you to be authenticated.');
        return { ...(await query.answer(state, token)), by: token.actor.login };
      };
      const { operation, mutating, branch } = query;
      return { operation, mutating, resource: 'graphql', branch, work };
    }
    const found = route(method, url.pathname);
    if (found === undefined) throw refuse(404, `no operation of this server: ${method} ${url.pathname}`);
    const { operation, params } = found;
    async function work(): Promise<Answer> {
      const answer = await answerRest(state, schema, request, { operation, params, url, body });
      const problems = violations(schema, operation, answer);
      if (problems.length === 0) return answer;
      broken.push(`${operation.id} answered ${answer.status} with ${problems.join('; ')}`);
      return { status: 500, body: { message: broken.at(-1) }, by: answer.by };
    }
    const mutating = method !== 'GET' && operation.id !== 'apps/create-installation-access-token';
    const branch = params['ref']?.replace('heads/', '');
    return { operation: operation.id, mutating, resource: 'core', branch, work };
  }

  /** Calls are worked one after another, as if each were a transaction. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function answerTo(request: IncomingMessage): Promise<(Answer & { cut?: boolean }) | 'reset'> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const prepared = prepare(request, url, await readBody(request));
    const fault = faults.strike(prepared.operation);
    state.used[prepared.resource] += 1;
    const { operation, mutating } = prepared;
    const answer = await inTurn(async () => {
      if (fault?.kind === 'stale head') await interfere(state, prepared.branch ?? '', fault.files ?? {});
      const instead = fault === undefined ? undefined : insteadOf(state, fault, prepared.resource);
      const { by, ...given } = instead ?? (await prepared.work().catch(answerRefusal));
      state.calls.push({ operation, mutating, status: given.status, by });
      return given;
    });
    if (fault?.kind === 'slow') await fault.until;
    if (fault?.kind === 'done, connection reset' || fault?.kind === 'connection reset') return 'reset';
    const given = fault?.kind === 'done, 500' ? { status: 500, body: { message: 'Server Error' } } : answer;
    const headers = { ...rateHeaders(state, prepared.resource), ...given.headers };
    return { ...given, headers, cut: fault?.kind === 'done, cut body' };
  }

  const server = createServer((request, response) => {
    answerTo(request)
      .catch((error: unknown) => {
        if (isRefusal(error)) return answerRefusal(error);
        broken.push(String(error instanceof Error ? error.stack : error));
        return { status: 500, body: { message: broken.at(-1) }, cut: false };
      })
      .then((answer) => (answer === 'reset' ? request.socket.resetAndDestroy() : send(response, answer)))
      .catch((error: unknown) => broken.push(String(error)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: faults.add,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      const unmet = faults.unmet().map(({ on, kind }) => `the fault "${kind}" on ${on} never struck`);
      if (broken.length + unmet.length > 0) throw new Error([...broken, ...unmet].join('\n'));
    },
  };
}

function answerRefusal(error: unknown): Answer {
  if (!isRefusal(error)) throw error;
  return refusalAnswer(error, 'https://docs.github.com/rest');
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(400, 'Problems parsing JSON');
  }
}

function send(response: ServerResponse, { status, body, headers, cut = false }: Answer & { cut?: boolean }): void {
  const json = { 'content-type': 'application/json; charset=utf-8', ...headers, 'x-github-request-id': '1' };
  const text = body === undefined ? undefined : JSON.stringify(body);
  if (!cut || text === undefined) return void response.writeHead(status, json).end(text);
  response.writeHead(status, { ...json, 'content-length': Buffer.byteLength(text) });
  // Ended and not reset, by which the caller could lose the head of the answer too.
  response.write(text.slice(0, 1), () => response.socket?.end());
}
