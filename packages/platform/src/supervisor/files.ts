import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessId } from '../linux/process.ts';
import type { ProcessSpec, ProcessState } from './spec.ts';

/** A started process, with the hash of the spec that it was started from. */
export interface RecordedProcess extends ProcessId {
  spec: string;
}

/**
 * The folder that supervisor and commands share: `supervisor.json` (who supervises) and per process
 * `spec.json` (what is wanted), `pid.json` (what runs) and `state.json` (what the supervisor sees).
 * Everything is synchronous: a pid must be on disk before anything else can happen.
 */
export interface ProcessFiles {
  folder: string;
  names(): string[];
  readSpec(name: string): ProcessSpec | undefined;
  writeSpec(spec: ProcessSpec): void;
  removeSpec(name: string): void;
  readPid(name: string): RecordedProcess | undefined;
  writePid(name: string, recorded: RecordedProcess): void;
  readState(name: string): ProcessState | undefined;
  writeState(name: string, state: ProcessState): void;
  /** Forgets a process that has ended. */
  remove(name: string): void;
  readSupervisor(): ProcessId | undefined;
  writeSupervisor(id: ProcessId): void;
  removeSupervisor(): void;
}

/** The process files in `folder`, which need not exist yet. */
export function createProcessFiles(folder: string): ProcessFiles {
  const supervisor = join(folder, 'supervisor.json');
  const file = (name: string, kind: 'spec' | 'pid' | 'state'): string => join(folder, name, `${kind}.json`);
  return {
    folder,
    names: () =>
      existsSync(folder)
        ? readdirSync(folder, { withFileTypes: true })
            .filter((entry) => entry.isDirectory())
            .map((entry) => entry.name)
        : [],
    readSpec: (name) => read(file(name, 'spec')) as ProcessSpec | undefined,
    writeSpec: (spec) => write(file(spec.name, 'spec'), spec),
    removeSpec: (name) => rmSync(file(name, 'spec'), { force: true }),
    readPid: (name) => read(file(name, 'pid')) as RecordedProcess | undefined,
    writePid: (name, recorded) => write(file(name, 'pid'), recorded),
    readState: (name) => read(file(name, 'state')) as ProcessState | undefined,
    writeState: (name, state) => write(file(name, 'state'), state),
    remove: (name) => rmSync(join(folder, name), { recursive: true, force: true }),
    readSupervisor: () => read(supervisor) as ProcessId | undefined,
    writeSupervisor: (id) => write(supervisor, id),
    removeSupervisor: () => rmSync(supervisor, { force: true }),
  };
}

/** The hash by which a running process is known to be the wanted one. */
export function hashSpec(spec: ProcessSpec): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16);
}

function read(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function write(path: string, value: unknown): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  // A spec's environment may hold secrets.
  writeFileSync(draft, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
