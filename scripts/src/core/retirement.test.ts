import { describe, expect, it } from 'vitest';
import { template } from '../../test/template.ts';
import { parseConfig } from './config.ts';
import { findEnvironment, lastFirst } from './graph.ts';
import { judgeRetirement, requireRetirable } from './retirement.ts';

const config = parseConfig(template()['gitops.config.yaml']?.replace('REGISTRY', 'localhost') ?? '');

describe('requireRetirable', () => {
  const attempt =
    (app: string, environment: string, ...running: string[]) =>
    (): void =>
      requireRetirable(config, findEnvironment(config, environment), app, new Set(running));

  it('refuses while any later environment has the app, however far it is', () => {
    expect(attempt('old', 'dev', 'dev', 'prod')).toThrow('prod still runs old, and dev comes before');
    expect(attempt('old', 'staging', 'dev', 'staging', 'prod')).toThrow('prod still runs old');
    expect(attempt('old', 'prod', 'dev', 'staging', 'prod')).not.toThrow();
  });

  it('refuses where the next delivery would bring the app back, and nowhere else', () => {
    expect(attempt('web', 'dev', 'dev')).toThrow('web is still configured');
    expect(attempt('web', 'staging', 'dev', 'staging')).not.toThrow();
    expect(attempt('old', 'dev', 'dev')).not.toThrow();
  });
});

describe('lastFirst', () => {
  it('gives every environment before those that it comes after, in whichever order they are written', () => {
    expect(lastFirst(config).map(({ name }) => name)).toEqual(['prod', 'staging', 'dev']);
    const turned = { environments: config.environments.toReversed() };
    expect(lastFirst(turned).map(({ name }) => name)).toEqual(['prod', 'staging', 'dev']);
  });
});

describe('judgeRetirement', () => {
  const application = (metadata: object, ...conditions: { type: string; message: string }[]) =>
    ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata, status: { conditions } }) as never;
  const facts = { back: false, application: undefined, workload: undefined };

  it.each([
    ['retired', facts],
    ['superseded', { ...facts, back: true }],
    ['progressing', { ...facts, workload: 'Deployment/web in web-prod' }],
    ['progressing', { ...facts, application: application({}) }],
    ['progressing', { ...facts, application: application({ deletionTimestamp: '2030-01-01T00:00:00Z' }) }],
  ])('says %s', (state, each) => {
    expect(judgeRetirement(each).state).toBe(state);
  });

  it('says why Argo CD cannot go on', () => {
    const stuck = application(
      { deletionTimestamp: '2030-01-01T00:00:00Z' },
      { type: 'DeletionError', message: 'forbidden\nmore' },
    );

    expect(judgeRetirement({ ...facts, application: stuck }).reason).toBe(
      'Argo CD cannot remove its objects: forbidden',
    );
  });
});
