import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFolder } from './caches.ts';
import { moduleFolder, versionFolder } from './folders.ts';
import { readPin, type Pin } from './pins.ts';
import type { Arch, ToolchainOptions, ToolEvent } from './types.ts';

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

/**
 * Plans a tool from its pin.
 * @throws ToolError if no such tool is pinned, or it has no Go module
 */
export async function createJob(name: string, options: ToolchainOptions): Promise<Job> {
  const pin = await readPin(options.root, name);
  const arch: Arch = options.arch ?? (process.arch === 'arm64' ? 'arm64' : 'amd64');
  const started = performance.now();
  return {
    name,
    pin,
    arch,
    os: process.platform === 'darwin' ? 'darwin' : 'linux',
    module: moduleFolder(options.root, name),
    folder: join(options.state, 'tools', name, await versionFolder(options.root, name, pin, arch)),
    build: buildFolder(options.state),
    env: options.env,
    signal: options.signal,
    report(phase, detail, bytes) {
      const event = { tool: name, phase, detail, elapsedMs: Math.round(performance.now() - started) };
      options.onEvent?.(bytes === undefined ? event : { ...event, bytes });
    },
  };
}

/** Where a source gathers its binaries until all of them are there. */
export function stagingFolder(job: Job, source: string): string {
  return join(job.folder, `staging-${source}`);
}

/** Removes what a stopped run of any source has left; the files are somebody else's. */
export async function removeStaging(job: Job): Promise<void> {
  for (const source of ['mirror', 'release', 'source']) {
    await rm(stagingFolder(job, source), { recursive: true, force: true });
  }
}

/** Fills in {version}, {arch}, {os} and the given names of a template from the pins. */
export function fill(template: string, job: Job, more: Record<string, string> = {}): string {
  const values: Record<string, string> = { version: job.pin.version, arch: job.arch, os: job.os, ...more };
  return template.replaceAll(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
}
