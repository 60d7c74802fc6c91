import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ensureTool, ToolError } from '../index.ts';
import { repository, serve, sha256, type Fixture } from './fixture.ts';

export const script = '#!/bin/sh\necho hello\n';
/** Nothing listens there. */
export const closed = 'http://127.0.0.1:1';

/** The ToolError with which ensureTool refuses; the last event must say so too. */
export async function refusal(fixture: Fixture): Promise<ToolError> {
  const error = await ensureTool('hello', fixture).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ToolError);
  expect(fixture.events.at(-1)?.phase).toBe('failed');
  return error as ToolError;
}

export async function filesIn(fixture: Fixture): Promise<string[]> {
  const entries = await readdir(join(fixture.state, 'tools'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** A repository whose tool is released on a local server. */
export async function released(bodies: Record<string, string>, pin: Record<string, unknown> = {}) {
  const server = await serve(bodies);
  const release = { url: `${server.url}/{version}/{binary}-{arch}`, checksum: `${server.url}/{version}/sums.txt` };
  const fixture = await repository({ binaries: ['hello'], release, ...pin });
  return { fixture, server };
}

/** A release whose sum is right. */
export const goodBodies = { '/1.0.0/hello-amd64': script, '/1.0.0/sums.txt': `${sha256(script)}  hello-amd64\n` };
