import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { withoutGitVariables } from './environment.ts';

const headLimit = 16 * 1024;

/**
 * Answers one request by `git http-backend` (git-http-backend(1), a CGI program) on a bare repository. Bodies are passed
 * through as they come, in both directions; the backend itself unpacks gzip. `path` is below the repository.
 */
export async function serveByBackend(
  repository: string,
  path: string,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const header = (name: string): string => String(request.headers[name] ?? '');
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...withoutGitVariables(process.env),
      GIT_PROJECT_ROOT: dirname(repository),
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: header('git-protocol'),
      GATEWAY_INTERFACE: 'CGI/1.1',
      PATH_INFO: `/${basename(repository)}${path}`,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      REMOTE_ADDR: request.socket.remoteAddress,
      // Without a length the backend reads until the end.
      ...(request.headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: request.headers['content-length'] }),
    },
  });
  child.on('error', () => response.destroy());
  response.on('close', () => void child.kill());
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);

  const head = await readHead(child.stdout);
  if (head === undefined) {
    if (!response.headersSent) response.writeHead(502).end('git http-backend gave no answer\n');
    return;
  }
  response.writeHead(head.status, head.headers);
  await pipeline(child.stdout, response).catch(() => response.destroy());
}

interface Head {
  status: number;
  headers: Record<string, string>;
}

/** Takes the CGI header off a stream and leaves the body in it. */
async function readHead(stream: Readable): Promise<Head | undefined> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end !== -1) {
      stream.unshift(bytes.subarray(end + 4));
      return parseHead(bytes.subarray(0, end).toString('latin1'));
    }
    if (bytes.length > headLimit) return undefined;
  }
  return undefined;
}

function parseHead(text: string): Head {
  const head: Head = { status: 200, headers: {} };
  for (const line of text.split('\r\n')) {
    const [name = '', ...value] = line.split(':');
    if (name.toLowerCase() === 'status') head.status = Number.parseInt(value.join(':'), 10);
    else head.headers[name] = value.join(':').trim();
  }
  return head;
}
