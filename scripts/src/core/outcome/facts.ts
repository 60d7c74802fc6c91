import type { IAnalysisRun } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisRun';
import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IEvent } from 'kubernetes-models/v1/Event';
import type { IPod } from 'kubernetes-models/v1/Pod';
import type { WantedWorkload, Workload } from './workload.ts';

/** Where a revision stands to a landing: before it, at its bytes for this app, or at later bytes for it. */
export type Standing = 'before' | 'landed' | 'later';

/** One workload as it was asked for and as it is; absent objects do not exist yet. */
export interface WorkloadFacts {
  wanted: WantedWorkload;
  live: Workload | undefined;
  pods: readonly IPod[];
  /** Of its namespace, whatever they judge. */
  analysisRuns: readonly IAnalysisRun[];
}

/** What is looked at to find an outcome. */
export interface OutcomeFacts {
  application: IApplication | undefined;
  /** What Argo CD compares the cluster with. */
  compared: Standing;
  /** What its latest sync brings, under way or ended. */
  operated: Standing;
  workloads: readonly WorkloadFacts[];
  /** Warnings since the landing in the namespaces of the workloads. */
  events: readonly IEvent[];
}
