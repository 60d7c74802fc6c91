import type { Bare } from './bare.ts';

export interface Actor {
  login: string;
  id: number;
  type: 'User' | 'Bot';
}

export type Permission =
  | 'actions'
  | 'checks'
  | 'contents'
  | 'issues'
  | 'metadata'
  | 'pull_requests'
  | 'statuses'
  | 'workflows';

export type Permissions = Partial<Record<Permission, 'read' | 'write'>>;

/** Who asks: a person, an app's installation, or a workflow's own GITHUB_TOKEN. */
export interface Token {
  kind: 'person' | 'app' | 'workflow';
  actor: Actor;
  permissions: Permissions;
  /** Names of the repositories that it sees. */
  repositories: readonly string[];
  expires?: Date;
  /** How many calls it is still good for. */
  calls?: number;
}

export interface Pull {
  number: number;
  title: string;
  body: string | null;
  draft: boolean;
  state: 'open' | 'closed';
  merged: boolean;
  author: Actor;
  head: { branch: string; sha: string };
  base: { branch: string; sha: string };
  created: Date;
  updated: Date;
  closed: Date | undefined;
  reviews: Review[];
  comments: Comment[];
}

export interface Review {
  id: number;
  by: Actor;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  commit: string;
  at: Date;
  body: string;
}

export interface Comment {
  id: number;
  by: Actor;
  body: string;
  at: Date;
}

export type Conclusion = 'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required';

export interface CheckRun {
  id: number;
  name: string;
  commit: string;
  /** None while it runs. */
  conclusion: Conclusion | undefined;
  at: Date;
}

export interface CommitStatus {
  id: number;
  context: string;
  commit: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  at: Date;
}

/** Branches by pattern (`deploy/*`) that only some may create, update or delete. */
export interface Ruleset {
  branches: readonly string[];
  /** Logins. */
  bypass: readonly string[];
}

/** What would start workflows that listen for it. */
export interface WorkflowEvent {
  event: 'push' | 'create' | 'delete' | 'pull_request' | 'pull_request_review' | 'issue_comment' | 'workflow_dispatch';
  action?: string;
  branch?: string;
  number?: number;
  by: string;
}

export interface Dispatch {
  workflow: string;
  ref: string;
  inputs: Record<string, unknown>;
  by: string;
}

/** The call of an operation, such as `pulls/create` or `createCommitOnBranch`. */
export interface Call {
  operation: string;
  mutating: boolean;
  status: number;
  by: string | undefined;
}

export type RateResource = 'core' | 'graphql';

export interface State {
  owner: string;
  name: string;
  bare: Bare;
  now: () => Date;
  olderServer: boolean;
  tokens: Map<string, Token>;
  rulesets: Ruleset[];
  /** What people may do where that is not to write, by login. */
  collaborators: Map<string, 'read' | 'none'>;
  pulls: Pull[];
  checkRuns: CheckRun[];
  statuses: CommitStatus[];
  events: WorkflowEvent[];
  dispatches: Dispatch[];
  calls: Call[];
  app: {
    id: number;
    clientId: string;
    installation: number;
    actor: Actor;
    permissions: Permissions;
    publicKey?: string;
  };
  /** Calls of this hour, by what they are counted as. */
  used: Record<RateResource, number>;
  /** When counting begins again. */
  reset: Date;
  lastId: number;
}

export function nextId(state: State): number {
  state.lastId += 1;
  return state.lastId;
}

/** Events that a workflow makes with its own GITHUB_TOKEN start no workflow, dispatches apart. */
export function emit(state: State, token: Pick<Token, 'kind' | 'actor'>, event: Omit<WorkflowEvent, 'by'>): void {
  if (token.kind === 'workflow' && event.event !== 'workflow_dispatch') return;
  state.events.push({ ...event, by: token.actor.login });
}
