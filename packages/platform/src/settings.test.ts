import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { apiServiceAddress, parseSettings, readSettings, settingsFile } from './settings.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const shipped = readFileSync(join(root, settingsFile), 'utf8');

describe('settings', () => {
  it('that are shipped are complete and use every port once', async () => {
    const { ports } = await readSettings(root);

    expect(new Set(Object.values(ports)).size).toBe(Object.keys(ports).length);
  });

  it('give the first service address to the API', () => {
    expect(apiServiceAddress(parseSettings(shipped, 'platform.yaml'))).toBe('10.96.0.1');
  });

  it.each([
    ['node.address', '10.246.0.300', 'node.address: must be an IPv4 address'],
    ['network.pods', '10.244.0.0', 'network.pods: must be an IPv4 subnet such as 10.244.0.0/24'],
    ['databases.orders', ['orders_dev'], 'databases.orders.0: must be a DNS label such as orders-dev'],
    ['network.link', 'a-name-of-too-many-letters', 'network.link: must be a link name of at most 15 characters'],
  ])('refuse %s %s', (path, value, message) => {
    const changed = parse(shipped) as Record<string, Record<string, unknown>>;
    const [section = '', key = ''] = path.split('.');
    changed[section] = { ...changed[section], [key]: value };

    expect(() => parseSettings(stringify(changed), 'platform.yaml')).toThrow(
      expect.objectContaining({ message: 'platform.yaml has wrong settings', hint: message }),
    );
  });

  it('refuse unknown keys and what is not YAML', () => {
    expect(() => parseSettings(`${shipped}\nextra: 1\n`, 'platform.yaml')).toThrow('platform.yaml has wrong settings');
    expect(() => parseSettings('a: [', 'platform.yaml')).toThrow('platform.yaml is not YAML');
  });
});
