import { createHash } from 'node:crypto';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Git } from './git.ts';
import { writeTogether } from './git-writer.ts';
import type { Writer, WriteRequest, Written } from './writer.ts';

interface Waiting {
  request: WriteRequest;
  answer(written: Written): void;
}

/** After losing whom it waited for so often, a writer pushes alone. */
const attempts = 5;

/** After so many pushes a writer lets another one push for those who wait. */
const rounds = 3;

/**
 * Writes by Git, together with whoever else on this machine writes to the same branch at the same time: the first one
 * listens on a socket, the others hand it their requests, and what gathers during a push goes out with the next.
 * Only speed depends on it: who loses whom it waits for tries again, and the remote's head decides what lands.
 * `url` is the remote's address, by which writers find each other.
 */
export function createSharedWriter(git: Git, remote: string, url: string): Writer {
  return {
    async write(branch, request) {
      const address = await socketPath(url, branch);
      const push = (requests: readonly WriteRequest[]): Promise<Written[]> =>
        writeTogether(git, remote, branch, requests);
      if (address !== undefined) {
        for (let attempt = 1; attempt <= attempts; attempt++) {
          const handed = await handOver(address, request);
          if (handed !== undefined) return handed;
          const server = await listen(address);
          if (server !== undefined) return lead(server, request, push);
        }
      }
      const [written] = await push([request]);
      return written ?? { state: 'moved' };
    },
  };
}

/** Where the writers to a branch meet, which only this user can; undefined where somebody else owns the folder, and nothing can be shared. */
export async function socketPath(url: string, branch: string): Promise<string | undefined> {
  const { uid } = userInfo();
  const folder = join(tmpdir(), `sluice-${uid}`);
  await mkdir(folder, { mode: 0o700 }).catch(() => {});
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined || !found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) return undefined;
  return join(folder, `${createHash('sha256').update(`${url}\n${branch}`).digest('hex').slice(0, 16)}.sock`);
}

/** Hands a request to whoever listens; undefined where nobody does, or no longer before there is an answer. */
async function handOver(address: string, request: WriteRequest): Promise<Written | undefined> {
  const socket = createConnection(address);
  socket.end(JSON.stringify({ ...request, files: [...request.files] }));
  try {
    const answer = await text(socket);
    return answer === '' ? undefined : (JSON.parse(answer) as Written);
  } catch {
    return undefined;
  }
}

/** Listens at an address where nobody answers; undefined where somebody was faster. What a dead one has left is removed. */
async function listen(address: string): Promise<Server | undefined> {
  const server = createServer({ allowHalfOpen: true });
  for (const again of [true, false]) {
    const code = await new Promise<string | undefined>((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      server.listen(address, () => resolve(undefined));
    });
    if (code === undefined) return server;
    if (code !== 'EADDRINUSE' || !again || (await answers(address))) return undefined;
    await rm(address, { force: true });
  }
  return undefined;
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(address, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** Pushes one's own request, then what others have handed over meanwhile; gives the answer to one's own as soon as it is there. */
function lead(
  server: Server,
  request: WriteRequest,
  push: (requests: readonly WriteRequest[]) => Promise<Written[]>,
): Promise<Written> {
  return new Promise((resolve, reject) => {
    const waiting: Waiting[] = [{ request, answer: resolve }];
    const open = new Set<Socket>();
    async function receive(socket: Socket): Promise<void> {
      open.add(socket);
      socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
      // Read to its end and still open for the answer.
      const said = await text(socket.iterator({ destroyOnReturn: false })).catch(() => '');
      const handed = waitingFor(said, socket);
      if (handed === undefined) socket.destroy();
      else waiting.push(handed);
    }
    server.on('connection', (socket) => void receive(socket));
    async function serve(): Promise<void> {
      for (let round = 1; round <= rounds && waiting.length > 0; round++) {
        const together = waiting.splice(0);
        const written = await push(together.map((each) => each.request));
        for (const [index, each] of together.entries()) each.answer(written[index] ?? { state: 'moved' });
      }
    }
    serve()
      .catch(reject)
      .finally(() => {
        server.close();
        for (const socket of open) if (!socket.writableEnded) socket.destroy();
      });
  });
}

/** What was handed over; undefined where whoever began to is gone. */
function waitingFor(said: string, socket: Socket): Waiting | undefined {
  try {
    const { files, ...rest } = JSON.parse(said) as Omit<WriteRequest, 'files'> & { files: [string, string][] };
    const request = { ...rest, files: new Map(files) };
    return { request, answer: (written) => socket.end(JSON.stringify(written)) };
  } catch {
    return undefined;
  }
}
