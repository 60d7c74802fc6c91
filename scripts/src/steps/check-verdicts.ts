import type { Git } from '../adapters/git.ts';
import type { BranchState } from '../core/branch-state.ts';
import type { Config, Environment } from '../core/config.ts';
import { blocking, describeVerdict, mayWait } from '../core/gates/index.ts';
import { readMessage } from '../core/message.ts';
import type { Verb } from '../core/plan.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { AppHistory } from '../core/soak/progress.ts';
import type { GitHubFacts } from './github-facts.ts';
import { judgeChange } from './judge.ts';
import type { Renderer } from './render.ts';

/** A change to a deploy branch, and what it is checked against. */
export interface DeployBranchCheck {
  git: Git;
  config: Config;
  environment: Environment;
  /** The tip of main, which configuration and gates are taken from. */
  main: Snapshot;
  /** Where the other branches are found: refs/heads in the remote itself. */
  refs: string;
  old: string;
  new: string;
  now: Date;
  /** What GitHub says, for gates that want to know. */
  github: GitHubFacts;
  /** Whether a bot writes there and names the person, as on GitHub. */
  pipeline?: boolean | undefined;
  /** Whether it is only proposed: landing gates may be pending then. */
  proposed?: boolean | undefined;
  /** What a release renders to; see createRenderer. */
  render: Renderer;
}

/** What an app's folder would hold; no manifests where the app is retired. */
export interface Rendered {
  release: ReleaseFile;
  manifests: string;
}

/** What the gates have against a change, on the policy that stood before it. */
export async function checkVerdicts(
  facts: DeployBranchCheck,
  app: string,
  { release, manifests }: Rendered,
  old: BranchState,
  verb: Verb,
  history: AppHistory = { records: [], observations: [] },
): Promise<string[]> {
  const { git, environment, now, proposed } = facts;
  const said = readMessage(await git.message(facts.new));
  const verdicts = await judgeChange(facts, {
    app,
    verb,
    environment,
    release,
    previous: old.releases.get(app),
    ...history,
    policy: old.policy,
    now,
    by: said.by,
    allowed: said.allowed,
    overridden: verb === 'promotion' ? said.overridden : undefined,
    manifests: { before: old.manifests.get(app), after: manifests },
  });
  const stops = blocking(verdicts).filter((each) => proposed !== true || !mayWait([each]));
  return stops.map((verdict) => `${app}: ${describeVerdict(verdict)}`);
}
