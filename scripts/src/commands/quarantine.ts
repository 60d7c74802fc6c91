import type { Context } from '../context.ts';
import type { Environment } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { findApp } from '../core/graph.ts';
import type { Quarantine } from '../core/policy.ts';
import { findHead } from '../steps/branches.ts';
import { findRelease, type PastRelease } from '../steps/find-release.ts';
import { changePolicy, type StopOptions } from '../steps/policy.ts';
import { openRepository, remoteRefs, type Repository } from '../steps/repository.ts';

export interface QuarantineOptions extends StopOptions {
  /** Id or tag of the release. */
  release?: string | undefined;
  /** Digest of an image: every release with it. */
  digest?: string | undefined;
}

/** Keeps a release, or every release with an image, out of every environment, production first; or lifts that. Gives the exit code. */
export async function quarantine(context: Context, app: string, options: QuarantineOptions): Promise<number> {
  const repository = await openRepository(context, { remote: options.remote });
  findApp(repository.config, app);
  if ((options.release === undefined) === (options.digest === undefined)) {
    throw new UserError('name either a release or a digest', {
      hint: '--release <id or tag>, or --digest sha256:...',
      exit: 'usage',
    });
  }
  const { release } = await findAnywhere(repository, app, options.release ?? options.digest ?? '');
  const subject: Pick<Quarantine, 'release' | 'digest'> =
    options.digest === undefined ? { release: release.release } : { digest: release.digest };
  const named =
    options.digest === undefined ? `release ${release.release} (${release.tag})` : `image ${release.digest}`;
  const same = (each: Quarantine): boolean =>
    subject.digest === undefined
      ? each.app === app && each.release === subject.release
      : each.digest === subject.digest;

  const environments = await withBranches(context, repository);
  return changePolicy(
    context,
    repository,
    environments.map((each) => each.name),
    options,
    {
      request: { command: 'quarantine', apps: [app], environment: environments[0]?.name ?? '', options },
      title: `${options.lift === true ? 'Lift the quarantine of' : 'Quarantine'} ${app} ${named}`,
      command: `quarantine ${app} ${options.digest === undefined ? `--release ${release.release}` : `--digest ${release.digest}`} --lift`,
      apply(policy, words) {
        const others = policy.quarantines.filter((each) => !same(each));
        if (options.lift !== true) return { ...policy, quarantines: [...others, { app, ...subject, ...words }] };
        return others.length === policy.quarantines.length ? undefined : { ...policy, quarantines: others };
      },
    },
  );
}

/** The environments that have a branch, production first; the others, of which nothing can be kept out yet, are said. */
async function withBranches({ stderr }: Context, { git, config, remote }: Repository): Promise<Environment[]> {
  const found: Environment[] = [];
  for (const each of config.environments.toSorted((a, b) => Number(b.production) - Number(a.production))) {
    if ((await findHead(git, each.name, remoteRefs(remote))) !== undefined) found.push(each);
    else stderr.write(`${each.name} has no branch yet: ask again once it has\n`);
  }
  return found;
}

/** A release by id, tag or digest in the history of whichever environment has had it. */
async function findAnywhere({ git, remote, config }: Repository, app: string, named: string): Promise<PastRelease> {
  const said: string[] = [];
  for (const { name } of config.environments) {
    try {
      return await findRelease(git, remoteRefs(remote), name, app, named);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      said.push(`${error.message}; ${error.hint}`);
    }
  }
  throw new UserError(`no environment has had a release "${named}" of ${app}`, {
    hint: said.join('\n'),
    exit: 'usage',
  });
}
