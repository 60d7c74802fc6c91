import { createHash, generateKeyPairSync } from 'node:crypto';
import { openBare } from './bare.ts';
import type { Fault } from './faults.ts';
import { settlePulls } from './pulls.ts';
import { readPublished, serve, type Published } from './server.ts';
import {
  emit,
  nextId,
  type Actor,
  type Call,
  type CommitStatus,
  type Conclusion,
  type Dispatch,
  type Permissions,
  type Pull,
  type Review,
  type Ruleset,
  type State,
  type Token,
  type WorkflowEvent,
} from './state.ts';

export interface GitHubOptions {
  /** `acme/shop` unless said otherwise. */
  repository?: string;
  now?: () => Date;
  /** As a GitHub Enterprise Server is, which refuses `return_run_details`. */
  olderServer?: boolean;
}

/** A GitHub with one repository, which is a real bare one, and what people and machines do there besides its callers. */
export interface GitHub {
  url: string;
  /** A token of the app `sluice[bot]`, with every permission that the pipeline needs. */
  token: string;
  /** The app: what signs its web tokens, and where it is installed. */
  app: { clientId: string; installation: number; privateKey(): string };
  /** Another token; a person's, an app's or a workflow's own. What is not said is as that of the app. */
  issue(token: Partial<Omit<Token, 'actor'>> & { login?: string }): string;
  /** Ends a token: at once, or after so many calls. */
  expire(token: string, afterCalls?: number): void;
  /** Over the API by login; over git, where nobody has one, for all. */
  protect(ruleset: Ruleset): void;
  /** Lets a person read only, or not even that; all others may write. */
  restrict(login: string, permission: 'read' | 'none'): void;
  fault(fault: Fault): void;
  /** A person looks at a pull request's head, or at an earlier commit of it. */
  review(pull: number, login: string, state?: Review['state'], commit?: string): Promise<void>;
  /** Without a conclusion it still runs. */
  checkRun(revision: string, name: string, conclusion?: Conclusion): Promise<void>;
  status(revision: string, context: string, state: CommitStatus['state']): Promise<void>;
  pulls(): readonly Pull[];
  /** The same, after what git has done to their branches. */
  settled(): Promise<readonly Pull[]>;
  events(): readonly WorkflowEvent[];
  dispatches(): readonly Dispatch[];
  calls(): readonly Call[];
  /** The operations that were asked to write something, in order, whatever became of them. */
  mutations(): string[];
  /** Throws where an answer was not as GitHub publishes it, or a fault never struck. */
  stop(): Promise<void>;
}

const permissions: Permissions = {
  actions: 'write',
  checks: 'read',
  contents: 'write',
  issues: 'write',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'read',
};

let published: Published | undefined;

/** Serves a bare repository as GitHub would, on a free port of this machine. */
export async function startGitHub(bare: string, options: GitHubOptions = {}): Promise<GitHub> {
  const { repository = 'acme/shop', now = () => new Date(), olderServer = false } = options;
  const [owner = '', name = ''] = repository.split('/');
  const bot: Actor = { login: 'sluice[bot]', id: 4711, type: 'Bot' };
  const state: State = {
    owner,
    name,
    bare: openBare(bare),
    now,
    olderServer,
    tokens: new Map(),
    rulesets: [],
    collaborators: new Map(),
    pulls: [],
    checkRuns: [],
    statuses: [],
    events: [],
    dispatches: [],
    calls: [],
    app: { id: 7, clientId: 'Iv23liSluice', installation: 1, actor: bot, permissions },
    used: { core: 0, graphql: 0 },
    reset: new Date(now().getTime() + 3_600_000),
    lastId: 100,
  };
  function issue({ login, ...given }: Partial<Token> & { login?: string }): string {
    const kind = given.kind ?? 'app';
    const actor = login === undefined ? (kind === 'workflow' ? actions : bot) : actorOf(login);
    const token = `${kind === 'person' ? 'ghp' : 'ghs'}_${String(nextId(state)).padStart(36, '0')}`;
    state.tokens.set(token, { permissions, repositories: [repository], ...given, kind, actor });
    return token;
  }
  let privateKey: string | undefined;
  function makeKey(): string {
    const encoding = {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    } as const;
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048, ...encoding });
    state.app.publicKey = pair.publicKey;
    return pair.privateKey;
  }
  published ??= readPublished();
  const server = await serve(state, published);
  return {
    ...server,
    token: issue({}),
    app: {
      clientId: state.app.clientId,
      installation: state.app.installation,
      privateKey: () => (privateKey ??= makeKey()),
    },
    issue,
    expire(token, afterCalls = 0) {
      const found = state.tokens.get(token);
      if (found === undefined) throw new Error(`no such token`);
      found.calls = afterCalls;
    },
    restrict: (login, permission) => void state.collaborators.set(login, permission),
    protect(ruleset) {
      state.rulesets.push(ruleset);
      state.bare.refusePushes(ruleset.branches);
    },
    async review(number, login, verdict = 'APPROVED', commit) {
      const by = actorOf(login);
      await settlePulls(state, { kind: 'person', actor: by });
      const pull = state.pulls.find((each) => each.number === number);
      if (pull === undefined) throw new Error(`there is no pull request ${number}`);
      if (pull.author.login === login) throw new Error('Can not approve your own pull request');
      pull.reviews.push({
        id: nextId(state),
        by,
        state: verdict,
        commit: commit ?? pull.head.sha,
        at: now(),
        body: '',
      });
      emit(state, { kind: 'person', actor: by }, { event: 'pull_request_review', action: 'submitted', number });
    },
    async checkRun(revision, name, conclusion) {
      state.checkRuns.push({ id: nextId(state), name, commit: await commitOf(state, revision), conclusion, at: now() });
    },
    async status(revision, context, verdict) {
      const commit = await commitOf(state, revision);
      state.statuses.push({ id: nextId(state), context, commit, state: verdict, at: now() });
    },
    pulls: () => state.pulls,
    async settled() {
      await settlePulls(state, { kind: 'app', actor: bot });
      return state.pulls;
    },
    events: () => state.events,
    dispatches: () => state.dispatches,
    calls: () => state.calls,
    mutations: () => state.calls.filter(({ mutating }) => mutating).map(({ operation }) => operation),
  };
}

const actions: Actor = { login: 'github-actions[bot]', id: 41898282, type: 'Bot' };

function actorOf(login: string): Actor {
  const id = createHash('sha256').update(login).digest().readUInt32BE();
  return { login, id, type: login.endsWith('[bot]') ? 'Bot' : 'User' };
}

async function commitOf(state: State, revision: string): Promise<string> {
  const found = await state.bare.resolve(revision);
  if (found === undefined) throw new Error(`there is no commit ${revision}`);
  return found;
}
