import type { IAnalysisRun } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisRun';
import type { IPod } from 'kubernetes-models/v1/Pod';

/** `metric success-rate 0.71 (Failed)` for the metrics of analysis runs that are in one of some phases. */
export function describeRuns(runs: readonly IAnalysisRun[], ...phases: string[]): string {
  const metrics = runs.flatMap((run) => run.status?.metricResults ?? []);
  const chosen = metrics.filter((metric) => phases.includes(metric.phase));
  const texts = chosen.map((metric) => {
    const measured =
      metric.measurements?.findLast((each) => phases.includes(each.phase)) ?? metric.measurements?.at(-1);
    return `metric ${metric.name} ${formatValue(measured?.value) || metric.message || 'without a value'} (${metric.phase})`;
  });
  if (texts.length > 0) return [...new Set(texts)].join(', ');
  return (
    runs.map((run) => run.status).find((status) => status !== undefined && phases.includes(status.phase))?.message ?? ''
  );
}

/** Prometheus answers `[0.7123456]`: the figure alone, to four places. */
function formatValue(value: string | undefined): string {
  return (value ?? '').replace(/[[\]]/g, '').replace(/(\d+\.\d{4})\d+/g, '$1');
}

/** What keeps a pod from running, of the first one that says: pod, container, reason, message. */
export function podTrouble(pods: readonly IPod[]): string | undefined {
  for (const pod of pods) {
    const scheduled = pod.status?.conditions?.find((each) => each.type === 'PodScheduled' && each.status === 'False');
    if (scheduled !== undefined) {
      return `pod ${pod.metadata?.name ?? ''} is not scheduled: ${firstLine(scheduled.message)}`;
    }
    for (const container of [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]) {
      const waiting = container.state?.waiting;
      if (waiting?.reason === undefined || ['ContainerCreating', 'PodInitializing'].includes(waiting.reason)) continue;
      const last = container.lastState?.terminated;
      const ended =
        last === undefined ? '' : `, last exit ${last.exitCode}${last.reason === undefined ? '' : ` (${last.reason})`}`;
      return `pod ${pod.metadata?.name ?? ''} container ${container.name}: ${waiting.reason}${ended}: ${firstLine(waiting.message)}`;
    }
  }
  return undefined;
}

/** The first line of a message, without its blanks; nothing where there is no message. */
export function firstLine(text: string | undefined): string {
  return text?.split('\n')[0]?.trim() ?? '';
}
