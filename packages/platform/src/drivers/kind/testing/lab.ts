import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { freePorts } from '@sluice/apiserver';
import { createProgress } from '@sluice/scripts/ui';
import { onTestFinished } from 'vitest';
import type { Host } from '../../../platform.ts';
import { readSettings } from '../../../settings.ts';
import { createPaths } from '../../../state.ts';
import { serveStandIn, type World } from './stand-in.ts';

const root = join(import.meta.dirname, '../../../../../..');

export interface Lab {
  folder: string;
  host: Host;
  /** The commands that were called since the last look. */
  calls(): string[];
  /** What the stand-ins know now, apart from what they will. */
  world(): World;
  change(edit: (world: World) => void): void;
  /** Makes a command of the PATH that runs a shell script. */
  command(name: string, script: string): void;
}

/** A host with a state folder of its own, the settings of the repository and, on its PATH, stand-ins for `commands`. */
export async function createLab(commands: readonly ('docker' | 'kind')[] = ['docker', 'kind']): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-driver-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  function command(name: string, script: string): void {
    writeFileSync(join(bin, name), script);
    chmodSync(join(bin, name), 0o755);
  }
  const standIn = await serveStandIn({
    engine: true,
    buildx: true,
    dns: '',
    gateway: '172.18.0.1',
    failing: {},
    containers: {},
    clusters: [],
    networks: [],
    volumes: [],
    files: {},
  });
  for (const name of commands) command(name, standIn.script(name));
  command('kubectl', '#!/bin/sh\necho yes\n');

  const settings = structuredClone(await readSettings(root));
  settings.ports.registry = await serveRegistry();
  [settings.ports.router] = (await freePorts(1)) as [number];
  const tool = { name: 'kubernetes', version: '0', bin: { kubectl: join(bin, 'kubectl') }, files: undefined };
  const host: Host = {
    root,
    env: { PATH: bin, HOME: folder },
    settings,
    paths: createPaths(join(folder, 'state')),
    progress: createProgress({ stream: new PassThrough() as unknown as NodeJS.WriteStream, isTTY: false }),
    signal: new AbortController().signal,
    tool: async () => ({ ...tool, source: 'cache', from: 'release' }),
    files: async () => undefined,
  };
  onTestFinished(() => host.progress.close());

  return {
    folder,
    host,
    command,
    world: () => structuredClone(standIn.world),
    change: (edit) => edit(standIn.world),
    calls: () => standIn.calls.splice(0),
  };
}

/** What answers for the registry: `GET /v2/` as the distribution protocol has it. Gives the port. */
async function serveRegistry(): Promise<number> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/v2/' ? 200 : 404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
