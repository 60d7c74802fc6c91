import type { Config, Environment } from './config.ts';
import { findEnvironment, imageOf, isInPlace } from './graph.ts';
import { inputsOf, renderedFolders, type Inputs } from './inputs.ts';
import type { ReleaseFile } from './release-file.ts';
import type { Snapshot } from './snapshot.ts';
import type { WorkspacePackage } from './workspace.ts';

/** An app whose inputs at the tip of main differ from what the first environment runs. */
export interface DueApp {
  app: string;
  inputs: Inputs;
  /** What differs; `new` where the app is not there yet. Another registry counts as code, another namespace or cluster as overlay. */
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
  const place = findEnvironment(config, environment);
  return Object.entries(config.apps).flatMap(([app, { strategy }]) => {
    const release = running.get(app);
    // Where Git holds the same folders there is nothing to read.
    const settled =
      release?.strategy === strategy &&
      sameFolders(before.get(release.manifestRevision), snapshot, renderedFolders(app));
    const manifests = settled ? release.inputs.manifests : undefined;
    const inputs = inputsOf(config, snapshot, workspace, app, environment, known, manifests);
    const because = differences(inputs, imageOf(config, app), place, release);
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

/** How what an app is made from, the name of its image and its place differ from those of a running release. */
function differences(
  inputs: Inputs,
  image: string,
  environment: Environment,
  running: ReleaseFile | undefined,
): DueApp['because'] {
  if (running === undefined) return ['new'];
  const because: DueApp['because'] = [];
  // Another registry does not have what was pushed to this one.
  if (inputs.image !== running.inputs.image || image !== running.image) because.push('code');
  if (inputs.manifests !== running.inputs.manifests) because.push('manifests');
  if (inputs.overlay !== running.inputs.overlay || !isInPlace(environment, running)) because.push('overlay');
  return because;
}
