import { writeSync } from 'node:fs';
import { identify, isAlive } from '../linux/process.ts';
import { createProcessFiles } from './files.ts';
import { supervise, type Supervision } from './supervise.ts';

/**
 * The supervisor as a process: `node main.ts <process folder>`.
 * SIGHUP reads the specs again; SIGTERM and SIGINT end it and leave the processes running.
 */
function main(folder: string): void {
  const files = createProcessFiles(folder);
  const own = identify(process.pid);
  const other = files.readSupervisor();
  if (own === undefined || (other?.pid !== process.pid && isAlive(other))) return;
  const held: { supervision?: Supervision } = {};
  // Before the pid is known to anyone: a signal without its handler would end the supervisor.
  process.on('SIGHUP', () => held.supervision?.reload());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      held.supervision?.release();
      files.removeSupervisor();
      // Handles of children would keep the loop alive for as long as they run.
      process.exit(0);
    });
  }
  files.writeSupervisor(own);
  held.supervision = supervise(files, (line) => void writeSync(process.stderr.fd, `${line}\n`));
}

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: main.ts <process folder>');
main(folder);
