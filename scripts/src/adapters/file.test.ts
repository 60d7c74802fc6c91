import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary.ts';
import { writeText } from './file.ts';

describe('writeText', () => {
  it('writes a file with the folders that it lies in, and writes it anew', async () => {
    const folder = await temporaryFolder();
    await writeText(folder, 'a/b/c.yaml', 'one\n');
    await writeText(folder, 'a/b/c.yaml', 'two\n');

    expect(await readFile(join(folder, 'a/b/c.yaml'), 'utf8')).toBe('two\n');
  });

  it.runIf(process.platform === 'linux')('ends at once in a folder that takes none, and says which', async () => {
    await expect(writeText('/proc', 'none/dev/web.yaml', '')).rejects.toMatchObject({
      message: expect.stringMatching(/^none\/dev\/web\.yaml cannot be written: ENOENT.*'\/proc\/none'$/),
      hint: 'name another place; ls -ld /proc shows what is there',
      exit: 'usage',
    });
  });

  it('says which file lies where a folder would have to', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'taken'), '');

    await expect(writeText(folder, 'taken/dev/web.yaml', '')).rejects.toMatchObject({
      message: expect.stringMatching(/^taken\/dev\/web\.yaml cannot be written: ENOTDIR/),
      hint: `name another place; ls -ld ${folder}/taken shows what is there`,
      exit: 'usage',
    });
  });

  it('says which link leads nowhere', async () => {
    const folder = await temporaryFolder();
    await symlink('/nowhere/at/all', join(folder, 'link'));

    await expect(writeText(folder, 'link/web.yaml', '')).rejects.toMatchObject({
      message: expect.stringMatching(/^link\/web\.yaml cannot be written: EEXIST.*\/link'$/),
      exit: 'usage',
    });
  });
});
