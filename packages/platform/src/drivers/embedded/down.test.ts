import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { UserError } from '@sluice/scripts/errors';
import { identify, isAlive } from '../../linux/process.ts';
import { createProcessFiles } from '../../supervisor/files.ts';
import { createLab } from '../kind/testing/lab.ts';
import { clearHost } from './clean.ts';
import { down } from './down.ts';

// Another platform may run on this host.
vi.mock('./clean.ts', () => ({ clearHost: vi.fn(), hasTouched: async () => true }));

afterEach(() => void vi.restoreAllMocks());

describe('a stop of the embedded driver', () => {
  it('goes on without crictl, and leaves the pods to what clears the host', async () => {
    vi.spyOn(process, 'geteuid').mockReturnValue(0);
    const { host } = await createLab([]);
    const note = vi.spyOn(host.progress, 'step').mockReturnValue({ update: vi.fn(), done: vi.fn(), fail: vi.fn() });
    const child = spawn('/bin/sleep', ['1000']);
    onTestFinished(() => void child.kill('SIGKILL'));
    const containerd = identify(child.pid ?? 0)!;
    const files = createProcessFiles(host.paths.processes);
    files.writePid('containerd', { ...containerd, spec: '' });
    host.tool = async () => await Promise.reject(new UserError('crictl 2 cannot be had'));

    await down(host, 'none');

    expect(isAlive(containerd)).toBe(false);
    expect(files.names()).toEqual([]);
    expect(clearHost).toHaveBeenCalledOnce();
    expect(note.mock.results[0]?.value.fail).toHaveBeenCalledWith('crictl 2 cannot be had; they are killed instead');
  });
});
