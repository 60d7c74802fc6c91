import type { Context } from '../context.ts';
import { exitCodes } from '../core/errors.ts';
import { reconcileOnce, type Reconciled } from '../steps/reconcile.ts';
import { reconcileForever } from '../steps/reconcile-forever.ts';
import { askToReconcile } from '../steps/hand-over.ts';
import { ownIdentity } from '../steps/identity.ts';
import { openRepository, type Repository } from '../steps/repository.ts';

export interface ReconcileCommandOptions {
  remote?: string | undefined;
  dryRun?: boolean | undefined;
  /** Again and again, this many seconds apart, until a signal ends it; with neither `dryRun` nor `json`. */
  every?: number | undefined;
  deadline: number;
  json?: boolean | undefined;
}

/** Finishes what was left of landings: records outcomes, restores what was verified where something failed. Gives the exit code. */
export async function reconcile(context: Context, options: ReconcileCommandOptions): Promise<number> {
  const { every, remote, deadline } = options;
  if (every !== undefined) return reconcileForever(context, { every, remote, deadline });
  const repository = await openRepository(context, { remote });
  if (!repository.writes && options.dryRun !== true) return askToReconcile(context, repository, options.json);
  return report(context, await once(context, repository, options), options);
}

async function once(context: Context, repository: Repository, options: ReconcileCommandOptions): Promise<Reconciled> {
  const by = await ownIdentity(context, repository);
  const done = await reconcileOnce(context, repository, by, options);
  for (const each of [...done.left, ...done.troubles]) context.stderr.write(`${each}\n`);
  return done;
}

function report(context: Context, done: Reconciled, { json, dryRun }: ReconcileCommandOptions): number {
  const names = (list: Reconciled['followed']): string[] =>
    list.map(({ app, environment }) => `${app} in ${environment}`);
  const [followed, restored] = [names(done.followed), names(done.restored)];
  const { proposals, observed, promoted, left, troubles } = done;
  if (json === true)
    context.stdout.write(
      `${JSON.stringify({ proposals, followed, restored, observed, promoted, left, troubles }, null, 2)}\n`,
    );
  if ([proposals, followed, restored, observed, promoted, troubles].every((list) => list.length === 0)) {
    if (json !== true) context.stdout.write(left.length > 0 ? 'the rest is for people\n' : 'nothing was left to do\n');
    return exitCodes.nothing;
  }
  if (json !== true) {
    const words =
      dryRun === true
        ? ['to follow', 'to restore', 'to observe', 'to promote to']
        : ['followed', 'restored', 'observed', 'promoted to'];
    const lists = [followed, restored, observed, promoted];
    const lines = words.map((word, index) => `${word}: ${lists[index]?.join(', ') || 'none'}`);
    if (proposals.length > 0) {
      lines.unshift(`proposals: ${proposals.map(({ number, state }) => `#${number} ${state}`).join(', ')}`);
    }
    context.stdout.write(`${lines.join('; ')}\n`);
  }
  return done.exit;
}
