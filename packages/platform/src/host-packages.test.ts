import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeMissing, fullPath, maskUnit, missingCommands, serviceFiles } from './host-packages.ts';

const runc = { command: 'runc-that-is-missing', package: 'runc', why: 'starts the containers' };

describe('host packages', () => {
  it('are asked for by command, with the reason', () => {
    const missing = missingCommands([runc, { command: 'sh', package: 'dash', why: 'is everywhere' }], process.env);

    expect(describeMissing(missing)).toEqual(['runc-that-is-missing (Debian package runc): starts the containers']);
  });

  it('are looked for in folders that a user has not on PATH', () => {
    expect(fullPath({ PATH: '/home/a/bin' }).split(':').slice(0, 3)).toEqual([
      '/home/a/bin',
      '/usr/local/sbin',
      '/usr/local/bin',
    ]);
  });

  it('are searched for units and init scripts before their installation', () => {
    const contents = `drwxr-xr-x root/root         0 2024-01-01 00:00 ./lib/systemd/system/
-rw-r--r-- root/root       300 2024-01-01 00:00 ./lib/systemd/system/docker.service
-rw-r--r-- root/root       300 2024-01-01 00:00 ./usr/lib/systemd/system/docker.socket
-rwxr-xr-x root/root       300 2024-01-01 00:00 ./etc/init.d/docker
-rw-r--r-- root/root       300 2024-01-01 00:00 ./usr/share/doc/systemd/system/readme.service`;

    expect(serviceFiles(contents)).toEqual({
      units: ['docker.service', 'docker.socket'],
      scripts: ['./etc/init.d/docker'],
    });
  });

  it('have their units masked, unless a unit is configured already', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-units-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'own.service'), '[Service]\n');

    for (const unit of ['new.service', 'new.service', 'own.service']) await maskUnit(unit, folder);

    expect(readlinkSync(join(folder, 'new.service'))).toBe('/dev/null');
    expect(readFileSync(join(folder, 'own.service'), 'utf8')).toBe('[Service]\n');
  });
});
