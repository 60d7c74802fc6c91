import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';
import { UserError } from './errors.ts';
import { windowProblem } from './freeze-windows.ts';

const shipped = readFileSync(join(import.meta.dirname, '../../../gitops.config.yaml'), 'utf8');
const valid = `registry: ghcr.io/acme
argocd: {cluster: nonprod, namespace: argocd}
environments:
  - {name: dev, cluster: nonprod, namespace: "{app}-dev", delivery: true}
  - {name: staging, cluster: nonprod, namespace: "{app}-staging", after: [dev], gates: {verified: {}}}
apps:
  web: {strategy: rolling}
profiles:
  local: {registry: "127.0.0.1:5000", environments: {staging: {cluster: other}}}
`;

function refusal(text: string, profile?: string): string {
  try {
    parseConfig(text, { profile, windowProblem });
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('parseConfig', () => {
  it('accepts the shipped configuration, whose production asks people and GitHub, except on the local platform, where soaks take seconds', () => {
    const gatesOf = (profile?: string): object =>
      parseConfig(shipped, { profile }).environments.map((each) => [each.name, Object.keys(each.gates)]);

    expect(gatesOf()).toEqual([
      ['dev', []],
      ['staging', ['verified', 'soak']],
      ['prod', ['verified', 'soak', 'approvals', 'provenance', 'checks']],
    ]);
    for (const profile of ['local', 'embedded']) {
      expect(gatesOf(profile)).toEqual([
        ['dev', []],
        ['staging', ['verified', 'soak']],
        ['prod', ['verified', 'soak']],
      ]);
      const { environments } = parseConfig(shipped, { profile });
      expect(environments.map(({ gates }) => gates.soak?.for)).toEqual([undefined, '10s', '20s']);
      expect(environments.map(({ landing }) => landing)).toEqual(['direct', 'direct', 'direct']);
    }
  });

  it('takes the workflow that delivers on main, as GitHub vouches for it, where a policy names only the repository', () => {
    const config = parseConfig(valid.replace('verified: {}', 'provenance: {repository: acme/shop}'));

    expect(config.environments[1]?.gates.provenance).toEqual({
      repository: 'acme/shop',
      workflow: '.github/workflows/deliver.yaml',
      ref: 'refs/heads/main',
      issuer: 'https://token.actions.githubusercontent.com',
    });
  });

  it.each([
    ['repository: shop', 'repository is not a repository such as owner/name'],
    ['repository: acme/shop, workflow: deliver.yaml', 'workflow is not a file of .github/workflows'],
    ['repository: acme/shop, ref: main', 'ref is not a ref such as refs/heads/main'],
    ['repository: acme/shop, trustedRoot: ../root.json', 'trustedRoot is not the path of a file in this repository'],
    ['repository: acme/shop, worflow: x', 'unknown key "worflow", did you mean "workflow"?'],
    ['ref: refs/heads/main', 'repository is missing'],
  ])('refuses provenance with %s', (keys, message) => {
    expect(refusal(valid.replace('verified: {}', `provenance: {${keys}}`))).toContain(message);
  });

  it.each(['provenance: {repository: acme/shop}', 'digest: {}', 'checks: {}'])(
    'refuses a gate for promotions where nothing is promoted: %s',
    (gate) => {
      const text = valid.replace('delivery: true}', `delivery: true, gates: {${gate}}}`);

      expect(refusal(text)).toMatch(/the gate "\w+" is asked about promotions, and nothing is promoted to "dev"/);
    },
  );

  it('applies a profile only when it is asked for', () => {
    expect(parseConfig(valid).registry).toBe('ghcr.io/acme');
    const local = parseConfig(valid, { profile: 'local' });
    expect(local.registry).toBe('127.0.0.1:5000');
    expect(local.environments[1]).toMatchObject({ cluster: 'other', gates: { verified: {} }, after: ['dev'] });
  });

  it('lets a profile add a gate, change one, and turn one off that the base configuration has', () => {
    const base = valid.replace('verified: {}', 'verified: {}, approvals: {count: 1}');
    const gatesOf = (over: string): object | undefined =>
      parseConfig(base.replace('{cluster: other}', `{gates: ${over}}`), { profile: 'local' }).environments[1]?.gates;

    expect(gatesOf('{}')).toEqual({ verified: {}, approvals: { count: 1 } });
    expect(gatesOf('{digest: {}, approvals: {count: 2}}')).toEqual({
      verified: {},
      approvals: { count: 2 },
      digest: {},
    });
    expect(gatesOf('{approvals: null}')).toEqual({ verified: {} });
    expect(gatesOf('{verified: null, digest: null, approvals: null}')).toEqual({});
  });

  it('takes a gate away only in a profile', () => {
    expect(refusal(valid.replace('verified: {}', 'verified: null'))).toContain('verified must be of type object');
  });

  it.each([
    [
      'a syntax error',
      'registry: [',
      'gitops.config.yaml:1:12: Flow sequence in block collection must be sufficiently indented',
    ],
    [
      'an unknown key with the nearest one',
      valid.replace('cluster: nonprod, namespace: "{app}-dev"', 'clustr: nonprod, namespace: "{app}-dev"'),
      'gitops.config.yaml:4:17: unknown key "clustr", did you mean "cluster"?',
    ],
    [
      'a gate that does not exist',
      valid.replace('{verified: {}}', '{verified: {}, soaks: {for: 1h}}'),
      'gitops.config.yaml:5:103: unknown key "soaks", did you mean "soak"?',
    ],
    [
      'a value of another type',
      valid.replace('ghcr.io/acme', '5'),
      'gitops.config.yaml:1:1: registry must be of type string',
    ],
    ['a missing key', valid.replace('registry: ghcr.io/acme\n', ''), 'gitops.config.yaml:1:1: registry is missing'],
    [
      'an unknown strategy',
      valid.replace('rolling', 'roling'),
      'gitops.config.yaml:7:9: strategy must be one of rolling, recreate, blue-green, canary, canary-slow, canary-header, did you mean "rolling"?',
    ],
    [
      'an unknown parent',
      valid.replace('[dev]', '[dv]'),
      'gitops.config.yaml:5:67: unknown environment "dv", did you mean "dev"?',
    ],
    [
      'an environment that nothing reaches',
      valid.replace(', after: [dev]', ''),
      'gitops.config.yaml:5:6: nothing can reach "staging": give it `after`, or `delivery: true`',
    ],
    [
      'an unknown environment in a profile',
      valid.replace('{staging: {cluster', '{stagin: {cluster'),
      'gitops.config.yaml:9:54: unknown environment "stagin", did you mean "staging"?',
    ],
    [
      'an unknown app of a freeze window',
      valid.replace('verified: {}', 'freeze: {windows: [{cron: "0 16 * * FRI", for: 1h, zone: UTC, apps: [wob]}]}'),
      'gitops.config.yaml:5:151: unknown app "wob", did you mean "web"?',
    ],
    ['a parent that stands twice', valid.replace('[dev]', '[dev, dev]'), 'gitops.config.yaml:5:67: "dev" stands twice'],
    [
      'two environments in one place',
      valid.replace('{app}-staging', '{app}-dev'),
      'gitops.config.yaml:5:39: "staging" and "dev" would run in the same namespace of nonprod',
    ],
    [
      'a contradiction that only a profile makes',
      valid.replace('staging: {cluster: other}', 'dev: {landing: pull-request}'),
      'gitops.config.yaml:9:60: "dev" is where delivery lands, and that asks nobody',
    ],
  ])('refuses %s, with file, line and column', (_, text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it.each([
    ['soak: {fr: 1h}', 'unknown key "fr", did you mean "for"?'],
    ['approvals: {cont: 1}', 'unknown key "cont", did you mean "count"?'],
    ['checks: {requird: [x]}', 'unknown key "requird", did you mean "required"?'],
    ['freeze: {window: []}', 'unknown key "window", did you mean "windows"?'],
    ['freeze: {windows: [{cron: "* * * * *", for: 1h, zon: UTC}]}', 'unknown key "zon", did you mean "zone"?'],
    ['verified: {for: 1h}', 'unknown key "for"'],
  ])('names the nearest key of a gate: %s', (gate, message) => {
    expect(refusal(valid.replace('verified: {}', gate))).toContain(message);
    expect(refusal(valid.replace('{cluster: other}', `{gates: {${gate}}}`))).toContain(message);
  });

  it('names of the keys of a profile only those that a profile may have', () => {
    const keys = (over: string): string => refusal(valid.replace('{cluster: other}', over));

    expect(keys('{clustr: other}')).toContain('unknown key "clustr", did you mean "cluster"?');
    expect(keys('{production: true}')).toContain('unknown key "production"; known: cluster, namespace, landing, gates');
  });

  it('refuses a cycle and names its way round', () => {
    const text = valid
      .replace('after: [dev]', 'after: [prod]')
      .replace('apps:', '  - {name: prod, cluster: c, namespace: p, after: [staging]}\napps:');

    expect(refusal(text)).toContain('a cycle: staging → prod → staging');
  });

  it('refuses a second delivery environment and a delivery environment with a gate that looks at the one before', () => {
    const text = valid
      .replace('after: [dev], gates', 'delivery: true, gates')
      .replace('verified: {}', 'verified: {}, soak: {for: 1h}');

    expect(refusal(text)).toContain('exactly one environment has `delivery: true`; here dev and staging');
    expect(refusal(text)).toContain('the gate "verified" looks at the environment before, and "staging" has none');
    expect(refusal(text)).toContain('the gate "soak" looks at the environment before, and "staging" has none');
  });

  it('refuses a soak whose time is not a duration', () => {
    const text = valid.replace('verified: {}', 'soak: {for: 10 minutes}');

    expect(refusal(text)).toContain('for is not a duration such as 90s, 10m, 64h or 7d');
  });

  it('lists every problem at once', () => {
    const text = valid.replace('rolling', 'roling').replace('clust', 'clost');

    expect(refusal(text)).toMatch(/^\d problems in the configuration\n/);
  });

  it('refuses a profile that the file does not have', () => {
    expect(refusal(valid, 'lokal')).toContain('the remote asks for profile "lokal"');
  });

  it('refuses a freeze window that cannot be read, with the line of its pattern', () => {
    const text = valid.replace('verified: {}', 'freeze: {windows: [{cron: "0 16 * * FUNDAY", for: 64h, zone: UTC}]}');

    expect(refusal(text)).toMatch(/gitops\.config\.yaml:\d+:\d+: cron cannot be read: .*FUNDAY/);
  });

  it('refuses a freeze window of a profile that cannot be read, at its own line, whichever profile applies', () => {
    const window = '{cron: "0 16 * * FUNDAY", for: 64h, zone: UTC}';
    const gates = valid.replace('{cluster: other}', `{gates: {freeze: {windows: [${window}]}}}`);

    expect(refusal(gates)).toMatch(/gitops\.config\.yaml:9:\d+: cron cannot be read: .*FUNDAY/);
    expect(refusal(gates, 'local')).toMatch(/gitops\.config\.yaml:9:\d+: cron cannot be read: .*FUNDAY/);
    expect(refusal(gates.replace('FUNDAY', 'FRI'))).toBe('accepted');
  });

  it.each([
    ['zone: Mars/Olympus', 'zone is not a time zone such as Europe/Berlin'],
    ['zone: UTC, for: 1.5h', 'for is not a duration such as 90s, 10m, 64h or 7d'],
    ['zone: UTC, for: 1h, rrule: FREQ=DAILY', 'needs either cron or rrule'],
  ])('refuses a freeze window with %s', (keys, message) => {
    const window = keys.includes('for:') ? keys : `${keys}, for: 1h`;
    const text = valid.replace('verified: {}', `freeze: {windows: [{cron: "0 16 * * FRI", ${window}}]}`);

    expect(refusal(text)).toContain(message);
  });

  it('never fails in another way than by saying what is wrong', () => {
    fc.assert(
      fc.property(fc.nat(valid.length), fc.nat(12), fc.string({ maxLength: 6 }), (at, length, inserted) => {
        refusal(valid.slice(0, at) + inserted + valid.slice(at + length));
      }),
      { numRuns: 300 },
    );
  });
});
