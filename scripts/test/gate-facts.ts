import type { Environment } from '../src/core/config.ts';
import type { GateFacts } from '../src/core/gates/index.ts';
import { noPolicy } from '../src/core/policy.ts';
import type { ReleaseFile } from '../src/core/release-file.ts';

/** Production after staging, with no gate of its own. */
export const production: Environment = {
  name: 'prod',
  cluster: 'c',
  namespace: 'n',
  after: ['staging'],
  delivery: false,
  production: true,
  auto: false,
  landing: 'direct',
  gates: {},
};

/** A promotion of web to production by Bob, of newer code than what runs, with nothing in the way. */
export const promotionFacts: GateFacts = {
  app: 'web',
  verb: 'promotion',
  by: 'Bob <bob@example.invalid>',
  environment: production,
  release: {
    release: '0123456789ab',
    digest: `sha256:${'a'.repeat(64)}`,
    tag: 'aaaaaaaaaaaa-1',
    imageRevision: 'a'.repeat(40),
  },
  previous: { imageRevision: 'b'.repeat(40) } as ReleaseFile,
  records: [],
  policy: noPolicy,
  now: new Date('2030-01-02T00:00:00Z'),
  allowed: new Set(),
  order: 'newer',
};
