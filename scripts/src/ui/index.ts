export { createProgress, seconds, type Progress, type ProgressOptions, type Step } from './progress.ts';
export { describeOutcome } from './outcome.ts';
export { outliveReaders } from './outlive-readers.ts';
export { describePlan, planJson } from './plan.ts';
export { printError } from './print-error.ts';
