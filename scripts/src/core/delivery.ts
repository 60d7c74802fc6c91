import type { BranchState } from './branch-state.ts';
import type { Config, Environment } from './config.ts';
import type { DueApp } from './due.ts';
import { findApp, imageOf, namespaceOf, serviceOf } from './graph.ts';
import { releaseId } from './inputs.ts';
import type { PlannedChange } from './promotion.ts';
import type { ReleaseFile } from './release-file.ts';
import { hashPaths, type Snapshot } from './snapshot.ts';
import { closure, type WorkspacePackage } from './workspace.ts';

/** An image in the registry, and the revision it was built from. */
export interface Image {
  tag: string;
  digest: string;
  revision: string;
}

/** The tag of an image: the first 12 hex digits of the commit, and the number of the build. */
export function imageTag(revision: string, buildNumber: number): string {
  return `${revision.slice(0, 12)}-${buildNumber}`;
}

/** The release that a due app becomes with an image; not rendered yet. */
export function planDelivery(
  config: Config,
  environment: Environment,
  main: Snapshot,
  due: DueApp,
  image: Image,
  target: BranchState,
  renderer: string,
): PlannedChange {
  const { app, inputs } = due;
  const release: Omit<ReleaseFile, 'intent'> = {
    app,
    environment: environment.name,
    cluster: environment.cluster,
    namespace: namespaceOf(environment, app),
    strategy: findApp(config, app).strategy,
    release: releaseId(image.digest, inputs.manifests),
    image: imageOf(config, app),
    tag: image.tag,
    digest: image.digest,
    imageRevision: image.revision,
    manifestRevision: main.revision,
    overlayRevision: main.revision,
    inputs,
    renderer,
  };
  return { app, release, previous: target.releases.get(app), reason: due.because.join(', ') };
}

/**
 * The packages to test before an app's image is built, dependencies first: its service, and of what that uses
 * everything that differs from the revision that the running image was built from.
 */
export function packagesToTest(
  config: Config,
  workspace: ReadonlyMap<string, WorkspacePackage>,
  main: Snapshot,
  app: string,
  running: Snapshot | undefined,
): string[] {
  const service = `services/${serviceOf(config, app)}`;
  const changed = closure(workspace, service).filter(
    (folder) =>
      folder === service || running === undefined || hashPaths(main, [folder]) !== hashPaths(running, [folder]),
  );
  return changed.toReversed();
}
