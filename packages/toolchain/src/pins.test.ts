import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPins, stateFolder } from './index.ts';
import { sumOf } from './release.ts';
import { repository } from './testing/fixture.ts';

const root = join(import.meta.dirname, '../../..');
const { tools } = await readPins(root);

describe('the pins of the repository', () => {
  test.each(Object.entries(tools))('%s is built at the version that is pinned', async (name, pin) => {
    const module = await readFile(join(root, 'infrastructure/local/tools', name, 'go.mod'), 'utf8');
    const own = !module.includes('require');
    const [major, minor = '', patch] = pin.version.split('.');
    const zero = `v0.${major}${minor.padStart(2, '0')}.${patch}`;
    expect(own || module.includes(` v${pin.version}\n`) || module.includes(` ${zero}\n`)).toBe(true);
  });

  test('name files of the module at the version that is built', async () => {
    for (const [name, { files }] of Object.entries(tools)) {
      const sums = files && (await readFile(join(root, 'infrastructure/local/tools', name, 'go.sum'), 'utf8'));
      expect(sums ?? '').toContain(files?.module.replace('@', ' ') ?? '');
    }
  });
});

test('a pin that breaks the schema is named with its path', async () => {
  const { root: broken } = await repository({ binaries: ['hello'] });
  const file = join(broken, 'infrastructure/local/tools.yaml');
  await writeFile(file, 'tools: {hello: {version: 1.0.0, binaries: [hello], source: {packages: {}}, extra: 1}}\n');
  await expect(readPins(broken)).rejects.toThrow(/tools\.yaml breaks its schema: tools\.hello: .*extra/);
});

test('the state folder follows SLUICE_STATE, then XDG_STATE_HOME, then HOME', () => {
  expect(stateFolder({ SLUICE_STATE: '/s', XDG_STATE_HOME: '/x', HOME: '/h' })).toBe('/s');
  expect(stateFolder({ XDG_STATE_HOME: '/x', HOME: '/h' })).toBe('/x/sluice');
  expect(stateFolder({ HOME: '/h' })).toBe('/h/.local/state/sluice');
  expect(() => stateFolder({})).toThrow(/no state folder/);
});

test.each([
  ['a bare sum', 'a'.repeat(64)],
  ['a list', `${'b'.repeat(64)}  other\n${'a'.repeat(64)}  tool\n`],
  ['a list with a path in binary mode', `${'a'.repeat(64)} *build/tool\n`],
])('a published sum is read from %s', (_form, text) => {
  expect(sumOf(text, 'tool')).toBe('a'.repeat(64));
});
