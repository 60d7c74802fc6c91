import type { IAnalysisRun } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisRun';

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
