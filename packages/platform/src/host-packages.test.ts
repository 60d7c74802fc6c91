import { describe, expect, it } from 'vitest';
import { describeMissing, fullPath, missingCommands, serviceFiles } from './host-packages.ts';

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

  it('that bring a unit or an init script are found out before their installation', () => {
    const contents = `drwxr-xr-x root/root         0 2024-01-01 00:00 ./lib/systemd/system/
-rw-r--r-- root/root       300 2024-01-01 00:00 ./lib/systemd/system/docker.service
-rwxr-xr-x root/root       300 2024-01-01 00:00 ./etc/init.d/docker
-rw-r--r-- root/root       300 2024-01-01 00:00 ./usr/share/doc/systemd/system/readme.service`;

    expect(serviceFiles(contents)).toEqual(['./lib/systemd/system/docker.service', './etc/init.d/docker']);
  });
});
