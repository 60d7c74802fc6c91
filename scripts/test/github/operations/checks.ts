import { complete } from '../complete.ts';
import { repositoryObject, time, web } from '../objects.ts';
import type { Asked, Handler } from '../operation.ts';
import { page } from '../page.ts';
import { refuse } from '../refusal.ts';

/** The newest run of each name, unless `filter=all`. */
export const listCheckRuns: Handler = async (asked) => {
  const { state, query, schema } = asked;
  const commit = await commitOf(asked);
  const runs = state.checkRuns.filter(
    (run) => run.commit === commit && (query.get('check_name') ?? run.name) === run.name,
  );
  const latest = query.get('filter') === 'all' ? runs : newest(runs, (run) => run.name);
  const wanted = latest.filter((run) => (query.get('status') ?? statusOf(run)) === statusOf(run));
  const found = wanted.map((run) =>
    complete(schema, 'check-run', {
      id: run.id,
      name: run.name,
      head_sha: commit,
      status: statusOf(run),
      conclusion: run.conclusion ?? null,
      started_at: time(run.at),
      completed_at: run.conclusion === undefined ? null : time(run.at),
      html_url: `${web(state)}/runs/${run.id}`,
    }),
  );
  return page(asked, found, (some) => ({ total_count: found.length, check_runs: some }));
};

/** As on GitHub, a commit without any status is pending. */
export const combinedStatus: Handler = async (asked) => {
  const { state, schema } = asked;
  const sha = await commitOf(asked);
  const latest = newest(
    state.statuses.filter(({ commit }) => commit === sha),
    ({ context }) => context,
  );
  const failed = latest.some((each) => each.state === 'failure' || each.state === 'error');
  const pending = latest.length === 0 || latest.some((each) => each.state === 'pending');
  const body = complete(schema, 'combined-commit-status', {
    sha,
    state: failed ? 'failure' : pending ? 'pending' : 'success',
    total_count: latest.length,
    repository: repositoryObject(state),
    statuses: latest.map(({ id, context, state: now, at }) => ({
      id,
      context,
      state: now,
      created_at: time(at),
      updated_at: time(at),
    })),
  });
  return { status: 200, body };
};

async function commitOf({ state, params }: Asked): Promise<string> {
  const found = await state.bare.resolve(params['ref'] ?? '');
  if (found === undefined) throw refuse(422, `No commit found for SHA: ${params['ref']}`);
  return found;
}

function statusOf({ conclusion }: { conclusion: unknown }): string {
  return conclusion === undefined ? 'in_progress' : 'completed';
}

function newest<Item>(items: readonly Item[], name: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [name(item), item])).values()];
}
