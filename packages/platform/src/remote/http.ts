import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '@sluice/scripts/errors';
import { complaint } from './complaint.ts';
import { serveByBackend } from './http-backend.ts';

const fetchService = 'git-upload-pack';

/**
 * A Git server for reading one bare repository, as `http://<address>:<port>/<its folder's name>`. Exactly the requests of
 * a fetch by the smart protocol are let through (gitprotocol-http(5)), compared as whole strings, so that no path leads
 * elsewhere; a push is refused. `GET /healthz` answers 200.
 */
function createGitServer(repository: string): Server {
  const root = `/${basename(repository)}`;
  return createServer((request, response) => {
    void answer(repository, root, request, response).catch((error: unknown) => {
      process.stderr.write(`${complaint(error)}\n`);
      response.destroy();
    });
  });
}

async function answer(
  repository: string,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path, query] = splitOnce(request.url ?? '', '?');
  const wanted = `${request.method} ${path}`;
  if (wanted === 'GET /healthz') return void response.end('ok\n');
  if (wanted === `GET ${root}/info/refs` && query === `service=${fetchService}`) {
    return await serveByBackend(repository, '/info/refs', query, request, response);
  }
  if (wanted === `POST ${root}/${fetchService}`) {
    return await serveByBackend(repository, `/${fetchService}`, '', request, response);
  }
  const isPush = query === 'service=git-receive-pack' || path === `${root}/git-receive-pack`;
  if (isPush) {
    return refuse(response, 403, 'this address is for reading; push to the remote by its path: git push local main');
  }
  if (path === `${root}/info/refs`) return refuse(response, 403, 'only the smart protocol is served');
  return refuse(response, 404, `nothing is served here but ${root}`);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${why}\n`);
}

/** `--port <number> --address <address>... --repository <path>`: serves at these addresses alone until SIGTERM. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { port: { type: 'string' }, address: { type: 'string', multiple: true }, repository: { type: 'string' } },
  });
  const { port = '', address: addresses = [], repository = '' } = values;
  if (!/^\d+$/.test(port) || addresses.length === 0 || repository === '') {
    throw new UserError('the Git server needs --port, --address and --repository', { exit: 'usage' });
  }
  const servers = addresses.map(() => createGitServer(repository));
  function stop(): void {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  }
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await Promise.all(servers.map(async (server, index) => await listen(server, Number(port), addresses[index] ?? '')));
}

async function listen(server: Server, port: number, address: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another process has that port' : cause.message;
      reject(
        new UserError(`the Git server cannot listen at ${address}:${port}: ${why}`, {
          hint: `see who has it: ss -ltnp sport = :${port}`,
          cause,
        }),
      );
    });
    server.listen(port, address, () => {
      const bound = server.address();
      process.stderr.write(`Git over HTTP at ${address}:${typeof bound === 'object' ? (bound?.port ?? port) : port}\n`);
      resolve();
    });
  });
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${complaint(error)}\n`);
    process.exit(1);
  });
}
