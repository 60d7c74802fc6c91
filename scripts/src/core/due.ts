import type { Config } from './config.ts';
import { inputsOf, renderedFolders, type Inputs } from './inputs.ts';
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

/**
 * The apps to deliver, in the order of the configuration. `before` has the folders in apps/ at the revisions that the
 * manifests of running releases are of.
 */
export function dueApps(
  config: Config,
  snapshot: Snapshot,
  workspace: ReadonlyMap<string, WorkspacePackage>,
  environment: string,
  running: ReadonlyMap<string, ReleaseFile>,
  before: ReadonlyMap<string, Pick<Snapshot, 'folders'>>,
): DueApp[] {
  const known = new Map<string, string[]>();
  return Object.entries(config.apps).flatMap(([app, { strategy }]) => {
    const release = running.get(app);
    // Where Git holds the same folders there is nothing to read.
    const settled =
      release?.strategy === strategy &&
      sameFolders(before.get(release.manifestRevision), snapshot, renderedFolders(app));
    const manifests = settled ? release.inputs.manifests : undefined;
    const inputs = inputsOf(config, snapshot, workspace, app, environment, known, manifests);
    const because = differences(inputs, release);
    return because.length === 0
      ? []
      : [{ app, inputs, because, needsImage: because.includes('new') || because.includes('code') }];
  });
}

function sameFolders(
  then: Pick<Snapshot, 'folders'> | undefined,
  now: Pick<Snapshot, 'folders'>,
  folders: readonly string[],
): boolean {
  return folders.every((each) => then?.folders.has(each) && then.folders.get(each)?.id === now.folders.get(each)?.id);
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
