import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pin } from './pins.ts';
import type { Arch, ToolEvent } from './types.ts';

/** One tool being made: what every source needs to know. */
export interface Job {
  name: string;
  pin: Pin;
  arch: Arch;
  os: 'linux' | 'darwin';
  /** Where the tool's Go module and own sources are. */
  module: string;
  /** Final folder: bin/, files/ and the marker. */
  folder: string;
  /** Build caches and scratch folders, shared by all tools. */
  build: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal | undefined;
  report: (phase: ToolEvent['phase'], detail: string, bytes?: number) => void;
}

/** Where a source gathers its binaries until all of them are there. */
export function stagingFolder(job: Job, source: string): string {
  return join(job.folder, `staging-${source}`);
}

/** Removes what a stopped run of any source has left. */
export async function removeStaging(job: Job): Promise<void> {
  for (const source of ['mirror', 'release', 'source', 'files']) {
    await rm(stagingFolder(job, source), { recursive: true, force: true });
  }
}

/** Fills in {version}, {arch}, {os} and the given names of a template from the pins. */
export function fill(template: string, job: Job, more: Record<string, string> = {}): string {
  const values: Record<string, string> = { version: job.pin.version, arch: job.arch, os: job.os, ...more };
  return template.replaceAll(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
}
