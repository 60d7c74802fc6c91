import type { Progress } from '@sluice/scripts/ui';
import type { Driver } from './drivers/driver.ts';
import type { Settings } from './settings.ts';
import type { Paths } from './state.ts';
import type { Tool } from './tools.ts';

/** What `start` was asked for. */
export interface StartOptions {
  driver?: string | undefined;
  /** kubeconfig context of an existing cluster. */
  context?: string | undefined;
  traffic: boolean;
}

/** The one value that every stage gets: what varies between machines, runs and tests. */
export interface Host {
  /** The repository's root folder. */
  root: string;
  env: NodeJS.ProcessEnv;
  settings: Settings;
  paths: Paths;
  progress: Progress;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /**
   * A pinned tool, made on first use; later calls share the result. Tools that `start` announced
   * are made in that order in the background, so waiting for one never starts a second build.
   */
  tool(name: string): Promise<Tool>;
  /** The folder of a tool's upstream files, undefined where its pin names none; does not wait for the tool. */
  files(name: string): Promise<string | undefined>;
}

/** A host with the driver chosen for it. */
export interface Platform extends Host {
  options: StartOptions;
  driver: Driver;
}
