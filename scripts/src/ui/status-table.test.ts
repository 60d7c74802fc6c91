import { expect, it } from 'vitest';
import type { LiveCell, Waiting } from '../core/overview.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { statusTable } from './status-table.ts';

const now = new Date('2030-01-02T12:00:00Z');
const nothing = { record: undefined, waits: [], stops: [], health: undefined, sync: undefined, link: undefined };
const dev: LiveCell = {
  ...nothing,
  app: 'web',
  environment: 'dev',
  release: { tag: '0123456789ab-1' } as ReleaseFile,
  landedAt: '2030-01-02T11:59:48Z',
};
const prod: LiveCell = { ...nothing, app: 'web', environment: 'prod', release: undefined, landedAt: undefined };
const waiting: Waiting = { environment: 'prod', from: 'dev', release: 'r', tag: '0123456789ab-1', verdicts: [] };

it('shows how long ago something landed of which nothing is on record, and what is not there as a dash', () => {
  expect(statusTable({ cells: [dev, prod] }, now)).toBe(
    'APP  DEV              PROD\nweb  0123456789ab-1   -\n     landed 12 s ago\n\nNothing waits.\n',
  );
});

it('shows health, and where Argo CD does not have it in sync', () => {
  const live = { ...dev, health: 'Healthy', sync: 'Synced' };

  expect(statusTable({ cells: [live] }, now)).toContain('\n     Healthy\n');
  expect(statusTable({ cells: [{ ...live, sync: 'OutOfSync' }] }, now)).toContain('Healthy, OutOfSync\n');
});

it('shows every gate with its evidence, when it opens and what to do, or why that is not known', () => {
  const verdicts = [
    { gate: 'verified', state: 'pass' as const, evidence: 'verified in dev' },
    { gate: 'freeze', state: 'pending' as const, evidence: 'closed', opensAt: '2030-01-03T00:00:00Z', next: 'wait' },
  ];

  expect(statusTable({ cells: [dev], waiting: [{ ...waiting, verdicts }] }, now)).toContain(
    'Gates to 0123456789ab-1 from dev to prod:\n' +
      '  verified: pass, verified in dev\n' +
      '  freeze: pending, closed; opens at 2030-01-03T00:00:00Z\n' +
      '    next: wait\n',
  );
  expect(statusTable({ cells: [dev], waiting: [{ ...waiting, problem: 'no base' }] }, now)).toContain(
    '  it cannot be planned: no base\n',
  );
});

it('has room for links where there is one app', () => {
  const linked = { ...dev, link: 'https://a/applications/argocd/web-dev' };

  expect(statusTable({ cells: [linked] }, now)).toContain('Argo CD:\n  web in dev: https://a/applications/argocd/web');
  expect(statusTable({ cells: [linked, { ...linked, app: 'jobs' }] }, now)).not.toContain('https');
});
