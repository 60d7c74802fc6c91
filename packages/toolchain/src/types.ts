export type Arch = 'amd64' | 'arm64';

/** Where a tool can come from, in the order in which the sources are tried. */
export type Source = 'mirror' | 'release' | 'source';

export interface ToolEvent {
  tool: string;
  phase: 'cached' | 'mirror' | 'download' | 'build' | 'done' | 'failed';
  detail: string;
  elapsedMs: number;
  /** Bytes received so far, while something is downloaded. */
  bytes?: number;
}

export interface ToolchainOptions {
  /** The repository's root, which holds infrastructure/local. */
  root: string;
  /** The state folder; see stateFolder. */
  state: string;
  env: NodeJS.ProcessEnv;
  arch?: Arch;
  onEvent?: (event: ToolEvent) => void;
  signal?: AbortSignal;
}

export interface InstalledTool {
  name: string;
  version: string;
  /** Absolute path of each binary. */
  bin: Record<string, string>;
  /** Absolute folder of the upstream manifests, where the pin names any. */
  files: string | undefined;
  /** Where this call found it. */
  source: 'cache' | Source;
  /** How it was first obtained. */
  from: Source;
  /** Only for tools with a web UI: whether this binary carries it. */
  webUi?: boolean;
}

/** What a source says: it delivered, or why it could not. */
export type Outcome = { delivered: true } | { delivered: false; reason: string };
