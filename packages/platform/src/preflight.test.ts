import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { requireDisk, requireMemory, requirePorts, requireRoot, requireShortState } from './preflight.ts';

const gibibyte = 1024 ** 3;

describe('preflight', () => {
  it('refuses another user than root and names the ways out', () => {
    expect(() => requireRoot(0)).not.toThrow();
    expect(() => requireRoot(1000)).toThrow('the embedded driver needs root, this is user 1000');
  });

  it('refuses a port in use and says who holds it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const ports = [{ key: 'router', address: '127.0.0.1', port }];

    expect(() => requirePorts(ports, new Set())).toThrow(
      new RegExp(`^port ${port} on 127.0.0.1 \\(ports.router\\) is held by process ${process.pid} \\(`),
    );
    expect(() => requirePorts(ports, new Set([process.pid]))).not.toThrow();
    server.close();
  });

  it('refuses too little disk with what is needed and what was found', async () => {
    await expect(requireDisk('/state', 30, 12.34 * gibibyte)).rejects.toMatchObject({
      message: 'too little disk for /state: 30 GiB needed, 12.3 GiB found',
      hint: expect.stringContaining('SLUICE_STATE='),
    });
    await expect(requireDisk('/not/there/yet', 0)).resolves.toBeUndefined();
  });

  it('refuses too little memory with what is needed and what was found', async () => {
    await expect(requireMemory(4, 1.5 * gibibyte)).rejects.toThrow(
      'too little memory: 4 GiB needed, 1.5 GiB available',
    );
    await expect(requireMemory(0)).resolves.toBeUndefined();
  });

  it('refuses a state folder whose sockets would be too long for the kernel', () => {
    expect(() => requireShortState('/root/.local/state/sluice')).not.toThrow();
    expect(() => requireShortState(`/${'x'.repeat(80)}`)).toThrow('too long for the sockets');
  });
});
