import { writeText } from '../adapters/file.ts';
import type { Git } from '../adapters/git.ts';
import { findRemote, type Remote } from '../adapters/remote.ts';
import { readWorkTree } from '../adapters/work-tree.ts';
import type { Context } from '../context.ts';
import { configFile } from '../core/config.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { gitHubPage, type GitHubAddress } from '../core/github-address.ts';
import { chooseOwner, readOwner, readRepository } from '../core/init/owner.ts';
import { planInit } from '../core/init/plan.ts';
import { proposalPrefixes } from '../core/proposal.ts';
import { beginBranches, branchesOf, refuseForeign } from '../steps/begin-branches.ts';
import { sayUnrestricted } from '../steps/branch-rules.ts';
import { configOfFiles } from '../steps/config.ts';
import { confirm } from '../steps/confirm.ts';
import { readIdentity } from '../steps/identity.ts';
import { proposingEnvironments } from '../steps/proposals.ts';
import { findRepository } from '../steps/repository.ts';
import { initLines } from '../ui/init-plan.ts';
import { validate } from './validate.ts';

export interface InitOptions {
  repository?: string | undefined;
  registry?: string | undefined;
  remote: string;
  yes?: boolean | undefined;
  dryRun?: boolean | undefined;
  json?: boolean | undefined;
}

/**
 * Makes a copy of this repository somebody's own: what names repository and registry, and the branches that the pipeline
 * writes. Gives the exit code.
 */
export async function init(context: Context, options: InitOptions): Promise<number> {
  const { folder, git } = await findRepository(context);
  const files = await readWorkTree(git, folder, ['.github', 'argocd', 'infrastructure', configFile]);
  const was = readOwner(files);
  const remote = await ownRemote(git, folder, context, options.remote);
  const is = chooseOwner(was, addressOf(remote, options.repository), options.registry);
  const planned = planInit(files, was, is);
  const config = await configOfFiles(new Map([...files, ...planned.files]), folder);
  await git.fetch(remote.name);
  if (gitHubPage(was.repository) !== gitHubPage(is.repository))
    await refuseForeign({ git, remote }, config, { was: was.registry, is: is.registry });
  const branches = await branchesOf({ git, remote }, config);
  const written = [
    ...branches.map(({ branch }) => branch),
    ...proposingEnvironments(config).flatMap((name) => proposalPrefixes(name)),
  ];
  const missing = branches.filter(({ there }) => !there).map(({ branch }) => branch);

  const page = gitHubPage(is.repository);
  const { changes, strange } = planned;
  if (options.json === true) {
    const plan = { repository: page, registry: is.registry, remote: remote.name, changes, strange, branches };
    context.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
  } else context.stdout.write(initLines(planned, missing, remote.name));
  for (const { file, line, text } of strange) context.stderr.write(`left as it is, ${file}:${line}: ${text}\n`);
  if (changes.length === 0 && missing.length === 0) {
    context.stderr.write(`this is ${page} with images in ${is.registry}: nothing to do\n`);
    await sayUnrestricted(context, remote, written);
    return exitCodes.nothing;
  }
  if (options.dryRun === true) return exitCodes.done;
  const by = await readIdentity(context, { git, github: undefined, writes: true });
  await confirm(context, `This becomes ${page} with images in ${is.registry}.`, options.yes === true);

  for (const [path, text] of planned.files) await writeText(folder, path, text);
  // Standard output has one value where JSON was asked for.
  const problems = await validate({ ...context, stdout: context.stderr }, [], {});
  if (problems !== exitCodes.done) {
    throw new UserError('the files are written, and not every manifest is right with them; no branch was made', {
      hint: 'mend what is listed above, then run pnpm run init again',
    });
  }
  const at = Math.floor(context.clock.now().getTime() / 1000);
  await beginBranches({ git, remote }, config, { branches, by, at });
  if (changes.length > 0) {
    const message = `Make this ${is.repository.owner}/${is.repository.name}`;
    context.stderr.write(`Next: git add --all && git commit -m "${message}" && git push ${remote.name} main\n`);
  }
  context.stderr.write('Then what only you can know: docs/your-own.md\n');
  await sayUnrestricted(context, remote, written);
  return exitCodes.done;
}

/** Not the local platform's, which is nobody's own. Throws UserError where there is none of the name. */
async function ownRemote(git: Git, folder: string, { env }: Context, name: string): Promise<Remote> {
  const { stdout } = await git.run(['remote']);
  if (stdout.split('\n').includes(name)) return findRemote(git, folder, env, name);
  throw new UserError(`this repository has no Git remote called ${name}`, {
    hint: `make a repository on GitHub, then: git remote add ${name} git@github.com:<owner>/<name>.git`,
    exit: 'usage',
  });
}

/** The repository that was named, else the one that the remote is. */
function addressOf(remote: Remote, named: string | undefined): GitHubAddress {
  const address = named === undefined ? remote.github : readRepository(named);
  if (address !== undefined) return address;
  const [what, hint] =
    named === undefined
      ? [`the Git remote ${remote.name} is ${remote.url}, which is no repository on GitHub`, 'say which one it is']
      : [`${JSON.stringify(named)} is no repository`, 'name it as'];
  throw new UserError(what, {
    hint: `${hint}: pnpm run init --repository <owner>/<name>, or https://<host>/<owner>/<name> on a server of your own`,
    exit: 'usage',
  });
}
