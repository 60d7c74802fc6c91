import { connect, createServer, type Server } from 'node:net';
import { UserError } from '@sluice/scripts/errors';
import { isErrno } from './files.ts';
import { heldError, type Holder, type Lock } from './lock.ts';
import { identify } from './linux/process.ts';

/** An abstract socket (unix(7)): the kernel knows it host-wide, and it ends with its process, leaving no file. */
const socketName = '\0sluice-local-platform';

/**
 * Takes the lock that all state folders of this host share, since only one cluster fits a host.
 * Where another process holds it, a UserError names that one. Other systems than Linux have no such socket
 * and need none, because only the embedded driver uses the host's own network.
 */
export async function acquireHostLock(command: string, state: string, name = socketName): Promise<Lock> {
  if (process.platform !== 'linux') return { release: async () => undefined };
  const id = identify(process.pid);
  if (id === undefined) throw new Error('this process cannot find itself');
  const holder: Holder = { ...id, command, since: new Date().toISOString(), state };
  const server = createServer((socket) => socket.end(JSON.stringify(holder)));
  try {
    await listen(server, name);
  } catch (error) {
    if (!isErrno(error, 'EADDRINUSE')) throw error;
    const other = await askHolder(name);
    if (other !== undefined) throw heldError(other);
    throw new UserError('another start or stop of a local platform runs on this host', {
      hint: 'try again',
      exit: 'blocked',
    });
  }
  server.unref();
  return { release: async () => void server.close() };
}

async function listen(server: Server, name: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path: name }, resolve);
  });
}

async function askHolder(name: string): Promise<Holder | undefined> {
  return await new Promise((resolve) => {
    let text = '';
    const socket = connect({ path: name });
    socket.setTimeout(2000, () => socket.destroy());
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      try {
        resolve(JSON.parse(text) as Holder);
      } catch {
        resolve(undefined);
      }
    });
  });
}
