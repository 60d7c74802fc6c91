import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const bin = join(import.meta.dirname, '..', 'bin.js');
let folder: string;
let state: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  state = join(folder, 'state');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function platform(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, SLUICE_STATE: state };
  const result = spawnSync(process.execPath, [bin, ...args], { env, encoding: 'utf8' });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

describe('command line', { timeout: 20_000 }, () => {
  it('says that nothing runs and ends well when there is nothing to stop', () => {
    expect(platform('stop')).toEqual({
      code: 0,
      stdout: '',
      stderr: `nothing runs: there is no platform in ${state}\n`,
    });
    expect(existsSync(state)).toBe(false);
  });

  it('refuses an unknown driver with the nearest name and leaves nothing behind', () => {
    const { code, stderr } = platform('start', '--driver', 'embeded');

    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "embedded"?') });
    expect(existsSync(state)).toBe(false);
  });

  it('refuses unknown options as wrong usage', () => {
    expect(platform('start', '--trafic')).toMatchObject({ code: 2, stderr: expect.stringContaining("'--trafic'") });
    expect(platform('stop', '--purge=everything')).toMatchObject({ code: 2 });
  });

  it('explains drivers, environment and settings in the help of start', () => {
    const { code, stdout } = platform('start', '--help');

    expect(code).toBe(0);
    for (const word of ['embedded', 'kind', 'context', 'SLUICE_STATE', 'SLUICE_MIRROR', 'platform.yaml']) {
      expect(stdout).toContain(word);
    }
  });
});
