import { buildAndPush } from '../adapters/image.ts';
import { requireRegistry } from '../adapters/registry.ts';
import { runTests } from '../adapters/tests.ts';
import type { Context } from '../context.ts';
import type { BranchState } from '../core/branch-state.ts';
import { imageTag, packagesToTest, type Image } from '../core/delivery.ts';
import type { DueApp } from '../core/due.ts';
import { UserError } from '../core/errors.ts';
import { serviceOf } from '../core/graph.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { readWorkspace } from '../core/workspace.ts';
import type { Progress } from '../ui/index.ts';
import type { Repository } from './repository.ts';
import { inputsSnapshot } from './sources.ts';

/** What became of the builds: an image for each app that has one, and why the others are not delivered. */
export interface BuildResult {
  images: Map<string, Image>;
  failures: Map<string, UserError>;
}

/**
 * Tests what due apps are made of and builds and pushes their images. A failure stops the apps that depend on what failed,
 * before any image of theirs exists; the others go on. Apps whose code is unchanged keep the image that runs.
 * Throws UserError where the registry does not answer.
 */
export async function buildImages(
  context: Context,
  repository: Repository,
  due: readonly DueApp[],
  state: BranchState,
  buildNumber: number,
  progress: Progress,
): Promise<BuildResult> {
  const images = new Map<string, Image>();
  const failures = new Map<string, UserError>();
  const toBuild: DueApp[] = [];
  for (const each of due) {
    const running = state.releases.get(each.app);
    if (each.needsImage || running === undefined) toBuild.push(each);
    else images.set(each.app, { tag: running.tag, digest: running.digest, revision: running.imageRevision });
  }
  if (toBuild.length > 0) await requireRegistry(`${repository.config.registry}/`);

  const inputs = await inputsSnapshot(repository.git, repository.main);
  const tested = new Map<string, boolean>();
  for (const { app } of toBuild) {
    const failed = await testApp(context, { ...repository, main: inputs }, app, state, tested, progress);
    if (failed !== undefined) failures.set(app, new UserError(`the tests of ${failed} fail`));
  }
  for (const { app } of toBuild.filter((each) => !failures.has(each.app))) {
    const step = progress.step(`image of ${app}`);
    try {
      const image = await buildImage(context, repository, app, buildNumber);
      images.set(app, image);
      step.done(`${image.tag} ${image.digest.slice(0, 19)}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      step.fail();
      failures.set(app, error);
    }
  }
  return { images, failures };
}

/** Tests what an app is made of; gives the first folder whose tests fail. */
async function testApp(
  context: Context,
  repository: Repository,
  app: string,
  state: BranchState,
  tested: Map<string, boolean>,
  progress: Progress,
): Promise<string | undefined> {
  const { config, main, git, folder } = repository;
  const revision = state.releases.get(app)?.imageRevision;
  const running: Snapshot | undefined =
    revision === undefined || (await git.resolve(revision)) === undefined
      ? undefined
      : await inputsSnapshot(git, { revision });
  for (const each of packagesToTest(config, readWorkspace(main), main, app, running)) {
    const known = tested.get(each);
    if (known === false) return each;
    if (known === true || !hasTests(main, each)) continue;
    const step = progress.step(`tests of ${each}`);
    const { passed, output } = await runTests(folder, each, context.env);
    tested.set(each, passed);
    if (passed) {
      step.done();
      continue;
    }
    step.fail();
    for (const line of output.trimEnd().split('\n').slice(-80)) progress.note(`    ${line}`);
    return each;
  }
  return undefined;
}

function hasTests(main: Snapshot, folder: string): boolean {
  const manifest = JSON.parse(main.texts.get(`${folder}/package.json`) ?? '{}') as { scripts?: Record<string, string> };
  return manifest.scripts?.['test'] !== undefined;
}

async function buildImage(context: Context, repository: Repository, app: string, buildNumber: number): Promise<Image> {
  const { config, main, folder, git } = repository;
  const service = serviceOf(config, app);
  const tag = imageTag(main.revision, buildNumber);
  // Of the commit alone: built again under another number, it is the same image.
  const version = main.revision.slice(0, 12);
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name, BUILD_PLATFORMS: platforms = '' } = context.env;
  const source = server === undefined || name === undefined ? {} : { SOURCE: `${server}/${name}` };
  const digest = await buildAndPush({
    context: folder,
    dockerfile: `services/${service}/Dockerfile`,
    image: `${config.registry}/${service}`,
    tag,
    args: { ...config.build.args, ...source, REVISION: main.revision, VERSION: version },
    epoch: (await git.committedAt(main.revision)).getTime() / 1000,
    platforms: platforms.split(',').filter((each) => each !== ''),
    env: context.env,
  });
  return { tag, digest, revision: main.revision };
}
