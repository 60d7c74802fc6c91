import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { addApp } from './add-app.ts';
import { requireNewName } from './name.ts';
import { planService } from './plan.ts';
import { sourceFiles } from './template.ts';

const rest = `registry: ghcr.io/acme # ours
argocd: {cluster: one,   namespace: argocd}
environments:
  - {name: dev, cluster: one, namespace: "{app}-dev", delivery: true}
`;

describe('the entry in the configuration', () => {
  it('comes after the last app, and leaves comments, order and blanks as they are', () => {
    const text = `${rest}\napps:\n  web:   {strategy: canary} # people see it\n  jobs:\n    strategy: rolling\n\n# more\nprofiles: {}\n`;

    expect(addApp(text, 'payments', 'rolling')).toBe(
      text.replace('    strategy: rolling\n', '    strategy: rolling\n  payments: {strategy: rolling}\n'),
    );
  });

  it.each([
    ['a map in one line', `${rest}apps: {web: {strategy: canary}}\n`],
    ['no end of the last line', `${rest}apps:\n  web: {strategy: canary}`],
    ['a comment at the end', `${rest}apps:\n  web: {strategy: canary} # last\n`],
    ['lines that end as on Windows', `${rest}apps:\r\n  web: {strategy: canary}\r\n`],
  ])('fits %s', (_, text) => {
    expect(parseConfig(addApp(text, 'payments', 'rolling')).apps).toEqual({
      web: { strategy: 'canary' },
      payments: { strategy: 'rolling' },
    });
  });

  it('is refused where apps is no map', () => {
    expect(() => addApp('apps: []\n', 'payments', 'rolling')).toThrow(
      'apps is not a map that one more can be added to',
    );
  });
});

describe('the code of a service', () => {
  it.each(['src/config.ts', 'src/main.ts', 'src/main.test.ts'])('begins as that of catalog does: %s', (file) => {
    const catalog = readFileSync(join(import.meta.dirname, '../../../../services/catalog', file), 'utf8');

    expect(sourceFiles('catalog').get(file)).toBe(catalog);
  });
});

describe('the name of a service', () => {
  it.each([
    ['web', 'there is one already'],
    ['app', 'components use it for the name of the app'],
    ['policy', 'deploy branches keep their stops there'],
    ['web-canary', '-canary is what a strategy adds to the names of Services'],
    ['web-preview', '-preview is what a strategy adds to the names of Services'],
    ['', 'it is no label of a host name that everything can be named after'],
    ['Web', 'it is no label of a host name that everything can be named after'],
    ['web-', 'it is no label of a host name that everything can be named after'],
    ['../web', 'it is no label of a host name that everything can be named after'],
    ['a'.repeat(41), 'it is no label of a host name that everything can be named after'],
  ])('is refused with its reason: %s', (name, why) => {
    expect(() => requireNewName(name, ['web'])).toThrow(`a service cannot be called ${JSON.stringify(name)}: ${why}`);
  });

  it('is one that the configuration takes, or it is refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z][-a-z0-9]{0,41}$/)), (name) => {
        const text = `${rest}apps:\n  web: {strategy: canary}\n`;
        const made = fits(name) ? Object.keys(parseConfig(addApp(text, name, 'rolling')).apps) : ['web', name];
        expect(made).toEqual(['web', name]);
      }),
    );
  });
});

it('a new service is not made like one with a database', () => {
  const config = `${rest}apps:\n  orders: {strategy: rolling}\n`;
  const files = new Map([
    ['gitops.config.yaml', config],
    ['services/orders/migrations/0001-orders.sql', 'select 1;'],
  ]);

  expect(() => planService(files, 'payments', 'orders')).toThrow(
    'orders has a database, which a new service cannot be given',
  );
});

function fits(name: string): boolean {
  try {
    requireNewName(name, ['web']);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
