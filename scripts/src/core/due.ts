import type { Config } from './config.ts';
import { inputsOf, type Inputs } from './inputs.ts';
import type { ReleaseFile } from './release-file.ts';
import type { Snapshot } from './snapshot.ts';
import type { WorkspacePackage } from './workspace.ts';

/** An app whose inputs at the tip of main differ from what the first environment runs. */
export interface DueApp {
  app: string;
  inputs: Inputs;
  /** What differs; `new` where the app is not there yet. */
  because: ('new' | 'code' | 'manifests' | 'overlay')[];
  /** False where only manifests or the overlay differ: the image stays as it is. */
  needsImage: boolean;
}

/** The apps to deliver, in the order of the configuration. */
export function dueApps(
  config: Config,
  snapshot: Snapshot,
  workspace: ReadonlyMap<string, WorkspacePackage>,
  environment: string,
  running: ReadonlyMap<string, ReleaseFile>,
): DueApp[] {
  const known = new Map<string, string[]>();
  return Object.keys(config.apps).flatMap((app) => {
    const inputs = inputsOf(config, snapshot, workspace, app, environment, known);
    const because = differences(inputs, running.get(app));
    return because.length === 0
      ? []
      : [{ app, inputs, because, needsImage: because.includes('new') || because.includes('code') }];
  });
}

/** How the inputs differ from those of a running release. */
export function differences(inputs: Inputs, running: ReleaseFile | undefined): DueApp['because'] {
  if (running === undefined) return ['new'];
  const because: DueApp['because'] = [];
  if (inputs.image !== running.inputs.image) because.push('code');
  if (inputs.manifests !== running.inputs.manifests) because.push('manifests');
  if (inputs.overlay !== running.inputs.overlay) because.push('overlay');
  return because;
}
