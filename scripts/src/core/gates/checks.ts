import type { Gate, Verdict } from './gate.ts';

/** Jobs of the pipeline's own workflows run on commits of main as well, and say nothing about the code. */
const pipelineJob = 'pipeline: ';

/** Conclusions that GitHub lets a required check have (docs.github.com, "About status checks"). */
const good = ['success', 'neutral', 'skipped'];

/** The commit that the image was built from passed its checks on main. */
export const checks: Gate = {
  name: 'checks',
  kind: 'proposing',
  needs: () => ['checks'],
  asked: (verb, { gates }) => verb === 'promotion' && gates.checks !== undefined && gates.checks.required?.length !== 0,
  evaluate({ environment, release, checks: found }) {
    const revision = release.imageRevision.slice(0, 12);
    if (found === undefined || found.state === 'unknown') {
      const reason = found?.reason ?? 'nobody asked it';
      return verdict('unknown', `GitHub could not be asked about ${revision}: ${reason}`, 'try again when it answers');
    }
    const { required } = environment.gates.checks ?? {};
    const runs = found.runs.filter(({ name }) => required?.includes(name) ?? !name.startsWith(pipelineJob));
    const missing = (required ?? []).filter((name) => runs.every((run) => run.name !== name));
    const running = runs.filter(({ status }) => status !== 'completed').map(({ name }) => name);
    const failed = runs.filter(({ status, conclusion }) => status === 'completed' && !good.includes(conclusion ?? ''));
    if (failed.length > 0) {
      const named = failed.map(({ name, conclusion }) => `${name} ended with ${conclusion}`);
      return verdict('fail', `of ${revision}: ${list(named)}`, 'push a version that passes, or run the check again');
    }
    const waiting = [...running.map((name) => `${name} runs`), ...missing.map((name) => `${name} has not started`)];
    if (runs.length === 0 && missing.length === 0) waiting.push('no check has started');
    if (waiting.length > 0) return verdict('pending', `of ${revision}: ${list(waiting)}`, 'wait for the checks');
    return { gate: 'checks', state: 'pass', evidence: `${revision} passed ${list(runs.map(({ name }) => name))}` };
  },
};

function verdict(state: Verdict['state'], evidence: string, next: string): Verdict {
  return { gate: 'checks', state, evidence, next };
}

/** As many as fit into a line. */
function list(items: readonly string[]): string {
  const shown = items.slice(0, 5).join(', ');
  return items.length > 5 ? `${shown} and ${items.length - 5} more` : shown;
}
