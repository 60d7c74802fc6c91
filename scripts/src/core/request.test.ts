import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { requestable, requestArguments, requestInputs, requestWorkflow } from './request.ts';

describe('the form of the workflow', () => {
  it('offers exactly what may be asked for', () => {
    const file = join(import.meta.dirname, '../../../.github/workflows', requestWorkflow);
    const { on } = parse(readFileSync(file, 'utf8')) as {
      on: { workflow_dispatch: { inputs: Record<string, { options?: string[] }> } };
    };
    const { inputs } = on.workflow_dispatch;
    expect(inputs['command']?.options).toEqual(requestable);
    const asked = requestInputs({ command: 'hold', apps: [], environment: 'prod', options: {} });
    expect(Object.keys(inputs)).toEqual(Object.keys(asked));
  });
});

describe('a request', () => {
  it('becomes the inputs of the workflow, and these the same command line', () => {
    const options = {
      to: 'prod',
      release: 'abc',
      allowDowngrade: true,
      wait: true,
      deadline: 900,
      json: true,
      remote: 'github',
      from: undefined,
    };
    const inputs = requestInputs({ command: 'promote', apps: ['web', 'jobs'], environment: 'prod', options });

    expect(inputs).toEqual({
      command: 'promote',
      apps: 'web jobs',
      environment: 'prod',
      options: '["--release=abc","--allow-downgrade","--deadline=900"]',
    });
    expect(requestArguments(inputs)).toEqual([
      'promote',
      '--to=prod',
      '--release=abc',
      '--allow-downgrade',
      '--deadline=900',
      '--',
      'web',
      'jobs',
    ]);
  });

  it('keeps the release that a rollback goes to, and what is not to be waited for', () => {
    const options = { env: 'prod', to: 'previous', holdFor: '24h', wait: false };
    const inputs = requestInputs({ command: 'rollback', apps: ['web'], environment: 'prod', options });

    expect(requestArguments(inputs)).toEqual([
      'rollback',
      '--env=prod',
      '--to=previous',
      '--hold-for=24h',
      '--no-wait',
      '--',
      'web',
    ]);
  });

  it('repeats an option that has several values', () => {
    const options = { to: 'prod', gate: ['soak', 'hold'], reason: 'fixes it' };
    const inputs = requestInputs({ command: 'override', apps: ['web'], environment: 'prod', options });

    expect(requestArguments(inputs)).toEqual([
      'override',
      '--to=prod',
      '--gate=soak',
      '--gate=hold',
      '--reason=fixes it',
      '--',
      'web',
    ]);
  });

  it('retires in the environment that the form names, and in all of them only where that is said', () => {
    const form = { command: 'retire', apps: 'web', environment: 'staging', options: '[]' };
    const asked = { command: 'retire', apps: ['web'], environment: 'staging' } as const;
    const there = requestInputs({ ...asked, options: { env: 'staging', deleteData: true } });
    const all = requestInputs({ ...asked, options: { env: undefined, everywhere: true, deleteData: true } });

    expect(requestArguments(form)).toEqual(['retire', '--env=staging', '--', 'web']);
    expect(requestArguments(there)).toEqual(['retire', '--env=staging', '--delete-data', '--', 'web']);
    expect(requestArguments(all)).toEqual(['retire', '--everywhere', '--delete-data', '--', 'web']);
  });

  it.each([
    ['check', '[]', '"check" cannot be asked for'],
    ['deliver', '[]', '"deliver" cannot be asked for'],
    ['promote', '--all', 'is not a list of options'],
    ['promote', '{"all": true}', 'is not a list of options'],
    ['promote', '["web"]', 'is not a list of options'],
    ['promote', '["--", "x"]', 'is not a list of options'],
    ['promote', '[1]', 'is not a list of options'],
  ])('refuses %s with %s', (command, options, message) => {
    expect(() => requestArguments({ command, apps: '', environment: 'prod', options })).toThrow(message);
  });

  it('makes no name an option and no option a name, whatever people type', () => {
    fc.assert(
      fc.property(fc.constantFrom(...requestable), fc.string(), fc.string(), (command, apps, reason) => {
        const asked = { command, apps: apps.split(/\s+/), environment: 'prod', options: { reason } };
        const words = requestArguments(requestInputs(asked));
        const end = words.indexOf('--');
        expect(words.slice(1, end).every((word) => word.startsWith('--'))).toBe(true);
        expect(words).toContain(`--reason=${reason}`);
        expect(words.slice(end + 1)).toEqual(asked.apps.filter((each) => each !== ''));
      }),
    );
  });
});
