import { normalize } from 'node:path/posix';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nastyNames } from '../../test/nasty-names.ts';
import { deployBranch } from './branch-state.ts';
import { parseConfig, type Config } from './config.ts';
import { parseUntil } from './duration.ts';
import { UserError } from './errors.ts';
import { findApp, findEnvironment, namespaceOf, serviceOf } from './graph.ts';
import { strategyFolder } from './inputs.ts';
import { formatPolicy, noPolicy, readPolicy } from './policy.ts';
import { parseRelease } from './release-file.ts';

const name = fc.oneof(
  { arbitrary: fc.constantFrom(...nastyNames), weight: 2 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 20 }), weight: 2 },
  {
    arbitrary: fc.tuple(fc.constantFrom('web', 'dev'), fc.constantFrom(...nastyNames)).map((parts) => parts.join('')),
    weight: 1,
  },
  { arbitrary: fc.stringMatching(/^[a-z0-9-]{1,12}$/), weight: 1 },
);
const runs = { numRuns: 2000 };

const config = parseConfig(text({}));

function text(change: {
  app?: string;
  environment?: string;
  cluster?: string;
  namespace?: string;
  service?: string;
}): string {
  const { app = 'web', environment = 'dev', cluster = 'c', namespace = '{app}-dev', service } = change;
  return JSON.stringify({
    registry: 'ghcr.io/acme',
    argocd: { cluster: 'c', namespace: 'argocd' },
    environments: [{ name: environment, cluster, namespace, delivery: true }],
    apps: Object.fromEntries([[app, { strategy: 'rolling', ...(service === undefined ? {} : { service }) }]]),
  });
}

/** What becomes of it, or undefined where it is refused as people can understand. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Every path, branch and name that is made of what a configuration says. */
function madeOf(its: Config): string[] {
  return Object.keys(its.apps).flatMap((app) =>
    its.environments.flatMap((environment) => [
      `apps/${app}/overlays/${environment.name}`,
      `services/${serviceOf(its, app)}`,
      strategyFolder(findApp(its, app).strategy),
      deployBranch(environment.name),
      `${environment.name}/${app}`,
      namespaceOf(environment, app),
      environment.cluster,
    ]),
  );
}

function isSafe(path: string): boolean {
  return /^[a-z0-9][a-z0-9/-]*$/.test(path) && normalize(path) === path;
}

describe('a name in the configuration', () => {
  it.each(['app', 'environment', 'cluster', 'namespace', 'service'] as const)(
    'makes no path or branch that leads elsewhere: %s',
    (key) => {
      fc.assert(
        fc.property(name, (given) => {
          const its = attempt(() => parseConfig(text({ [key]: given })));
          for (const path of its === undefined ? [] : madeOf(its))
            expect(isSafe(path), JSON.stringify(path)).toBe(true);
        }),
        runs,
      );
    },
  );

  it('could make one: what is checked sees it', () => {
    expect(madeOf({ ...config, apps: { '../../x': { strategy: 'rolling' } } }).every(isSafe)).toBe(false);
    expect(madeOf(config).every(isSafe)).toBe(true);
  });
});

describe('a name on the command line', () => {
  it('is one of the configuration, or refused with exit 2', () => {
    const ends = (find: (its: Config, given: string) => unknown, given: string): unknown => {
      try {
        find(config, given);
        return 'found';
      } catch (error) {
        return (error as UserError).exit;
      }
    };
    fc.assert(
      fc.property(name, (given) => {
        expect(ends(findApp, given)).toBe(given === 'web' ? 'found' : 'usage');
        expect(ends(findEnvironment, given)).toBe(given === 'dev' ? 'found' : 'usage');
        const until = attempt(() => parseUntil(given, new Date('2030-01-01T00:00:00Z')));
        expect(until ?? '2030-01-01T00:00:00Z').toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
      }),
      runs,
    );
  });
});

describe('what stands on a deploy branch', () => {
  const release = `app: web
environment: dev
cluster: c
namespace: web-dev
strategy: rolling
release: "0123456789ab"
image: ghcr.io/acme/web
tag: "0123456789ab-1"
digest: sha256:${'0'.repeat(64)}
imageRevision: "${'0'.repeat(40)}"
manifestRevision: "${'0'.repeat(40)}"
overlayRevision: "${'0'.repeat(40)}"
inputs: {image: "${'0'.repeat(16)}", manifests: "${'0'.repeat(16)}", overlay: "${'0'.repeat(16)}"}
renderer: kustomize
intent: "${'0'.repeat(16)}"
`;
  const keys = ['app', 'environment', 'cluster', 'namespace', 'release', 'image', 'tag', 'digest'] as const;

  it('names in a release.yaml nothing that leads elsewhere', () => {
    expect(parseRelease(release, 'here').app).toBe('web');
    fc.assert(
      fc.property(fc.constantFrom(...keys), name, (key, given) => {
        const edited = release.replace(new RegExp(`^${key}: .*$`, 'm'), () => `${key}: ${JSON.stringify(given)}`);
        const read = attempt(() => parseRelease(edited, 'here'));
        if (read === undefined) return;
        const value = read[key];
        expect(value).toMatch(/^[a-z0-9][a-z0-9./:_-]*$/);
        expect(value.split('/')).not.toContain('..');
      }),
      runs,
    );
  });

  it('holds words of people as they are, and nothing more than these', () => {
    fc.assert(
      fc.property(name, (given) => {
        const at = '2030-01-01T00:00:00Z';
        const hold = { app: 'web', reason: given === '' ? 'x' : given, by: given, at };
        const files = formatPolicy({ ...noPolicy, holds: [hold] });
        expect(attempt(() => readPolicy(files, 'b'))?.holds).toEqual([hold]);
        expect(
          attempt(() => readPolicy(formatPolicy({ ...noPolicy, holds: [{ ...hold, app: given }] }), 'b')),
        ).toSatisfy((policy: typeof noPolicy | undefined) => policy === undefined || /^[a-z0-9-]+$/.test(given));
      }),
      runs,
    );
  });
});
