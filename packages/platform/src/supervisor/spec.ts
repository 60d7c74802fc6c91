/** How the supervisor finds out that a process does its work. */
export type ReadyCheck =
  | { kind: 'http'; url: string; /** PEM files. */ ca?: string; cert?: string; key?: string }
  | { kind: 'tcp'; host: string; port: number }
  | { kind: 'socket'; path: string };

/** A process that is to run all the time. */
export interface ProcessSpec {
  /** Also the name of its folder and log; lower case, digits and dashes. */
  name: string;
  command: string;
  args: string[];
  /** The whole environment; nothing is inherited. */
  env: Record<string, string>;
  cwd?: string;
  /** Standard output and error are appended to this file. */
  log: string;
  /** Without a check a process is ready as soon as it runs. */
  ready?: ReadyCheck;
  /** Names of processes that must be ready before this one is started. */
  after?: string[];
  /** Anything whose change must restart the process, for example a hash of its configuration files. */
  revision?: string;
}

export type Phase = 'waiting' | 'starting' | 'ready' | 'backoff';

/** What the supervisor says about a process. */
export interface ProcessState {
  phase: Phase;
  pid?: number | undefined;
  /** ISO time of the last change of phase. */
  since: string;
  /** Starts after the first one, for as long as this supervisor runs. */
  restarts: number;
  /** How it ended last time. */
  lastEnd?: string | undefined;
}

/** Environment variable by which processes of a platform are recognised, also where no pid was recorded. */
export const marker = 'SLUICE_PROCESS';
