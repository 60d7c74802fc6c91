import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { application } from '../../test/cluster-objects.ts';
import { startKubernetes } from '../../test/kubernetes-server.ts';
import { deliveredWorkshop, type Workshop } from '../../test/workshop.ts';
import type { Context } from '../context.ts';
import type { Status } from '../steps/status.ts';
import { status } from './status.ts';

const bin = join(import.meta.dirname, '../../bin.js');

function cell({ cells }: Status, app: string, environment: string) {
  return cells.find((each) => each.app === app && each.environment === environment);
}

describe('status', () => {
  it('shows of one app what the gates say to the release that waits, with evidence and what to do', async () => {
    const workshop = await deliveredWorkshop();
    const before = await workshop.sluice('status', 'web', '--no-cluster');
    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('freeze', '--env', 'staging', '--reason', 'audit', '--until', '2031-01-01T00:00:00Z');
    const found = JSON.parse((await workshop.sluice('status', 'web', '--no-cluster', '--json')).stdout) as Status;
    const { tag, release } = await workshop.release('dev', 'web');

    expect(before.code, before.stderr).toBe(0);
    expect(before.stderr).toBe('');
    expect(before.stdout).toContain(`Gates to ${tag} from dev to staging:
  verified: fail, release ${release} was unknown`);
    expect(before.stdout).toContain('\n    next: pnpm run reconcile asks the cluster again');
    expect(before.stdout).not.toContain('jobs');
    expect(found.waiting).toMatchObject([{ environment: 'staging', from: 'dev', release, tag }]);
    expect(found.waiting?.[0]?.verdicts).toContainEqual({
      gate: 'verified',
      state: 'pass',
      evidence: 'verified in dev at 2026-01-01T00:00:00.000Z',
    });
    expect(found.waiting?.[0]?.verdicts).toContainEqual(
      expect.objectContaining({ gate: 'freeze', state: 'pending', opensAt: '2031-01-01T00:00:00.000Z' }),
    );
    expect(cell(found, 'web', 'dev')?.landedAt).toMatch(/^\d{4}-\d{2}-\d{2}T/);
    expect(found.argocd).toBe('not asked');
  });

  it('has the health of what runs from Argo CD, and the address of its page where Argo CD knows it', async () => {
    const workshop = await deliveredWorkshop();
    const { answers, kubeconfig } = await startKubernetes('nonprod');
    const argo = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
    answers.set(argo, { items: [application] });
    answers.set('/api/v1/namespaces/argocd/configmaps/argocd-cm', { data: { url: 'https://argocd.example/' } });
    await workshop.git('--git-dir', workshop.bare, 'config', 'sluice.kubeconfig', kubeconfig);
    const shown = await workshop.sluice('status', 'web');
    const found = JSON.parse((await workshop.sluice('status', '--json')).stdout) as Status;

    expect(shown.stdout).toContain('Healthy');
    expect(shown.stdout).toContain('web in dev: https://argocd.example/applications/argocd/web-dev');
    expect(cell(found, 'web', 'dev')).toMatchObject({ health: 'Healthy', sync: 'Synced' });
    expect(cell(found, 'jobs', 'dev')).not.toHaveProperty('link');
    expect([found.waiting, found.cells.length]).toEqual([undefined, 6]);

    answers.set('/api/v1/namespaces/argocd/configmaps/argocd-cm', 403);
    expect((await workshop.sluice('status', 'web')).stdout).toMatch(/Healthy[^]*(?<!Argo CD:[^]*)$/);
    answers.set(argo, 403);
    const refused = await workshop.sluice('status');
    expect(refused.code).toBe(0);
    expect(refused.stderr).toMatch(/^health is unknown: the cluster at http:\S+ answered 403/);
  });
});

describe('status --watch', () => {
  it('off a terminal prints a line of JSON whenever something has changed, and ends with 0 on Ctrl-C', async () => {
    const workshop = await deliveredWorkshop();
    const args = [bin, 'status', '--watch', '--json', '--no-cluster'];
    const running = spawn(process.execPath, args, { cwd: workshop.clone, env: workshop.env });
    onTestFinished(() => void running.kill('SIGKILL'));
    const lines = createInterface({ input: running.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<Status> => JSON.parse((await lines.next()).value as string) as Status;

    expect(cell(await next(), 'web', 'dev')?.record?.outcome.state).toBe('unknown');
    await workshop.record('dev', 'web', 'verified');
    expect(cell(await next(), 'web', 'dev')?.record?.outcome.state).toBe('verified');
    running.kill('SIGINT');
    expect(await once(running, 'exit')).toEqual([0, null]);
    expect((await lines.next()).done).toBe(true);
  });

  it('ends with 0 and says nothing when whoever reads it has left', async () => {
    const workshop = await deliveredWorkshop();
    const args = [bin, 'status', '--watch', '--json', '--no-cluster'];
    const running = spawn(process.execPath, args, { cwd: workshop.clone, env: workshop.env });
    onTestFinished(() => void running.kill('SIGKILL'));
    let said = '';
    running.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(running.stdout, 'data');
    running.stdout.destroy();
    await workshop.record('dev', 'web', 'verified');

    expect([await once(running, 'exit'), said]).toEqual([[0, null], '']);
  });

  it('on a terminal draws one table over and over, in which ages grow, and says when it cannot look', async () => {
    const workshop = await deliveredWorkshop();
    const screen = terminal(workshop, 12);
    const moved = screen.after(5, () => workshop.git('remote', 'set-url', 'local', '/nowhere'));
    const code = await status(screen.context, undefined, { cluster: false, watch: true });
    await moved;
    const drawn = screen.drawn();

    expect(code).toBe(0);
    expect(drawn[0]).toMatch(/^APP +DEV +STAGING +PROD\n/);
    expect(new Set(drawn.flatMap((each) => /unknown .*? ago/.exec(each)?.[0] ?? [])).size).toBeGreaterThan(3);
    expect(drawn[0]).not.toContain('this is as it was');
    expect(drawn.slice(1).some((each) => each.includes('this is as it was: '))).toBe(true);
  });
});

/** A terminal whose clock only waiting moves, on which somebody presses Ctrl-C after so many waits. */
function terminal(workshop: Workshop, waits: number) {
  const drawn: string[] = [];
  const pressed = new AbortController();
  const due = new Map<number, () => Promise<unknown>>();
  let now = Date.now();
  let waited = 0;
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      drawn.push(stripVTControlCharacters(chunk.toString()));
      done();
    },
  });
  const stdout = Object.assign(stream, { isTTY: true, columns: 200, rows: 50 }) as unknown as NodeJS.WriteStream;
  const context: Context = {
    cwd: workshop.clone,
    env: workshop.env,
    clock: {
      now: () => new Date(now),
      async wait(milliseconds) {
        now += milliseconds;
        waited += 1;
        await due.get(waited)?.();
        if (waited >= waits) pressed.abort();
      },
    },
    stdin: process.stdin,
    stdout,
    stderr: stdout,
    interruption: () => pressed.signal,
  };
  return {
    context,
    drawn: () => drawn.filter((each) => each.trim() !== ''),
    after: async (count: number, work: () => Promise<unknown>) => void due.set(count, work),
  };
}
