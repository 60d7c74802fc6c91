import { below } from '../adapters/git-trees.ts';
import { isStateFile, releasePaths, type BranchState } from '../core/branch-state.ts';
import type { Config, Environment } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { imageOf, namespaceOf } from '../core/graph.ts';
import { manifestsHash, overlayHash, releaseId } from '../core/inputs.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { policyFiles, policyFolder, readPolicy, type Policy } from '../core/policy.ts';
import { checkPolicy } from './check-policy.ts';
import { checkRetirement } from './check-retirement.ts';
import { checkVerdicts, type DeployBranchCheck, type Rendered } from './check-verdicts.ts';
import { isImageRollback, isRollback } from './check-rollback.ts';
import type { ToRender } from './render.ts';
import { branchState, readObservations, readRecords, stateAt } from './branches.ts';
import { createSources } from './sources.ts';

/** The releases that a change brings, and what each of them replaces; none of what cannot be read, which the check itself says. */
export async function releasesOf({ git, environment, old, new: next }: DeployBranchCheck): Promise<ToRender[]> {
  try {
    const apps = [...(await git.differing(old, next))].map((path) => path.split('/')[0] ?? '');
    const [before, after] = await Promise.all([
      stateAt(git, environment.name, old, apps),
      stateAt(git, environment.name, next, apps),
    ]);
    return [...after.releases].map(([app, release]) => ({ release, replaced: before.manifests.get(app) }));
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** What is wrong with a change to a deploy branch by one commit; nothing where it may stand. */
export async function checkDeployBranch(facts: DeployBranchCheck): Promise<string[]> {
  const { git, config, environment } = facts;
  const differing = await git.differing(facts.old, facts.new);
  const within = (folder: string): boolean => differing.has(folder);
  const [before, after] = await Promise.all([git.snapshot(facts.old, { within }), git.snapshot(facts.new, { within })]);
  const problems: string[] = [];
  const apps = new Set<string>();
  const retired = new Set<string>();
  for (const path of changedPaths(before, after)) {
    const folder = path.split('/')[0] ?? '';
    const isPolicy = policyFiles.includes(path);
    const gone = !after.tree.has(path);
    if (!isStateFile(path)) problems.push(`${path} is no file that a release has`);
    else if (gone && releasePaths(folder).every((each) => !after.tree.has(each)) && !isPolicy) retired.add(folder);
    else if (gone) problems.push(`${path} would be deleted`);
    else if (isPolicy) continue;
    else if (Object.hasOwn(config.apps, folder)) apps.add(folder);
    else problems.push(`${path} is no file that a release has`);
  }
  const old = await stateAt(git, environment.name, facts.old, [...apps, ...retired]);
  let policy: Policy;
  try {
    const { texts } = await git.snapshot(facts.new, {
      within: below([policyFolder]),
      wanted: (path) => policyFiles.includes(path),
    });
    policy = readPolicy(texts, facts.new.slice(0, 12));
    problems.push(...(await checkPolicy(facts, old.policy, policy, apps.size + retired.size > 0)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(error.message);
    return problems;
  }
  async function attempt(app: string, check: () => Promise<string[]>): Promise<void> {
    try {
      problems.push(...(await check()));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(`${app}: ${error.message}`);
    }
  }
  for (const app of retired) await attempt(app, () => checkRetirement(facts, app, old));
  for (const app of apps) {
    await attempt(app, async () => checkApp(facts, app, old, await stateAt(git, environment.name, facts.new, [app])));
  }
  return problems;
}

async function checkApp(facts: DeployBranchCheck, app: string, old: BranchState, next: BranchState): Promise<string[]> {
  const { git, config, environment, main } = facts;
  const release = next.releases.get(app);
  const manifests = next.manifests.get(app);
  if (release === undefined || manifests === undefined) return [`${app}/ needs both release.yaml and manifests.yaml`];
  const rendered: Rendered = { release, manifests };
  const problems = checkFields(config, environment, app, release);
  if (await isRollback(facts, app, old, next)) {
    return [...problems, ...(await checkVerdicts(facts, app, rendered, old, 'rollback'))];
  }
  for (const key of ['imageRevision', 'manifestRevision', 'overlayRevision'] as const) {
    if (!(await git.isAncestor(release[key], main.revision))) {
      problems.push(`${app}/release.yaml: ${key} ${release[key].slice(0, 12)} is not on main`);
    }
  }
  if (problems.length > 0) return problems;

  const sources = createSources(git);
  const manifestsInput = manifestsHash(await sources(release.manifestRevision, app), app, release.strategy);
  if (release.release !== releaseId(release.digest, manifestsInput) || release.inputs.manifests !== manifestsInput) {
    problems.push(
      `${app}/release.yaml: release ${release.release} is not what its digest and its base at ${release.manifestRevision.slice(0, 12)} make`,
    );
  }
  if (overlayHash(await sources(release.overlayRevision, app), app, environment.name) !== release.inputs.overlay) {
    problems.push(`${app}/release.yaml: inputs.overlay is not that of ${release.overlayRevision.slice(0, 12)}`);
  }
  if ((await facts.render(release, old.manifests.get(app))) !== manifests) {
    problems.push(
      `${app}/manifests.yaml is not what its release.yaml renders to; it was edited by hand or rendered by another version`,
    );
  }
  if (await isImageRollback(facts, app, release, old, next)) {
    return [...problems, ...(await checkVerdicts(facts, app, rendered, old, 'rollback'))];
  }
  return [...problems, ...(await checkGates(facts, app, rendered, old))];
}

function checkFields(config: Config, environment: Environment, app: string, release: ReleaseFile): string[] {
  const expected: [key: 'app' | 'environment' | 'cluster' | 'namespace' | 'image', value: string][] = [
    ['app', app],
    ['environment', environment.name],
    ['cluster', environment.cluster],
    ['namespace', namespaceOf(environment, app)],
    ['image', imageOf(config, app)],
  ];
  return expected
    .filter(([key, value]) => release[key] !== value)
    .map(([key, value]) => `${app}/release.yaml: ${key} is ${release[key]}, configured is ${value}`);
}

/** A release comes from the environment before, and the gates pass. */
async function checkGates(
  facts: DeployBranchCheck,
  app: string,
  rendered: Rendered,
  old: BranchState,
): Promise<string[]> {
  const { release } = rendered;
  const { git, config, environment, refs } = facts;
  if (environment.delivery) return checkVerdicts(facts, app, rendered, old, 'delivery');
  const running = old.releases.get(app);
  if (running?.release === release.release && running.tag === release.tag) {
    return checkVerdicts(facts, app, rendered, old, 'reconfiguration');
  }
  const [records, observations] = await Promise.all([
    readRecords(git, config, [app], refs),
    readObservations(git, config, [app], refs),
  ]);
  const known = records.some(
    (each) =>
      environment.after.includes(each.environment) && each.release === release.release && each.tag === release.tag,
  );
  if (!known) {
    const parents = await Promise.all(environment.after.map((parent) => branchState(git, parent, refs, [app])));
    const runs = parents.some((parent) => parent.releases.get(app)?.release === release.release);
    if (!runs) return [`${app}: release ${release.release} has never been in ${environment.after.join(' or ')}`];
  }
  return checkVerdicts(facts, app, rendered, old, 'promotion', { records, observations });
}

function changedPaths(before: Snapshot, after: Snapshot): Set<string> {
  return new Set(
    [...before.tree.keys(), ...after.tree.keys()].filter((path) => before.tree.get(path) !== after.tree.get(path)),
  );
}
