import { dirname, join } from 'node:path';

/** Where the parts of the local Git remote lie; all but the state folder below `folder`. */
export interface RemoteLayout {
  /** The platform's state folder. */
  state: string;
  folder: string;
  /** The bare repository. Its own git config (`[sluice] profile, registry, kubeconfig, bin`) says what the remote is. */
  repository: string;
  /** The tools that the hooks run, one folder per key (see tool.ts). */
  tools: string;
  /** Symbolic link to the tool in use. */
  current: string;
  /** The clone in which the pipeline checks out the commit that it delivers. */
  work: string;
  /** The clone from which the reconciler looks at the remote. */
  watch: string;
  /** `<n>.log` and `<n>.json` of each run of the pipeline (see runs.ts). */
  runs: string;
  /** Whose turn it is to run the pipeline (see turn.ts). */
  turns: string;
  /** What the runner says outside of any run: normally nothing. */
  runnerLog: string;
}

/** The layout around a bare repository at `<state>/remote/sluice.git`, as an absolute path. */
export function remoteLayout(repository: string): RemoteLayout {
  const folder = dirname(repository);
  return {
    state: dirname(folder),
    folder,
    repository,
    tools: join(folder, 'tools'),
    current: join(folder, 'tools', 'current'),
    work: join(folder, 'work'),
    watch: join(folder, 'watch'),
    runs: join(folder, 'runs'),
    turns: join(folder, 'turns'),
    runnerLog: join(folder, 'runner.log'),
  };
}
