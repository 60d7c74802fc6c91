import { writeText } from '../adapters/file.ts';
import type { Context } from '../context.ts';
import { compareRenderings, sortApps, type Diff } from '../core/diff/compare.ts';
import { commentLimit, diffMarkdown } from '../core/diff/markdown.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { requireKnownApp } from '../steps/known-app.ts';
import { environmentSides, pastSides, promotionSides, type Comparison } from '../steps/diff.ts';
import { openRepository, type Repository } from '../steps/repository.ts';
import { describeDiff } from '../ui/diff.ts';

export interface DiffOptions {
  /** What a promotion to this environment would change. */
  to?: string | undefined;
  from?: string | undefined;
  release?: string | undefined;
  /** What this environment runs now, compared with `against` or `since`. */
  env?: string | undefined;
  against?: string | undefined;
  since?: string | undefined;
  remote?: string | undefined;
  json?: boolean | undefined;
  markdown?: boolean | undefined;
  /** Write all of the Markdown to this file. */
  full?: string | undefined;
}

/** Prints what a promotion would change, or what differs between environments or over time. Gives the exit code. */
export async function diff(context: Context, apps: readonly string[], options: DiffOptions): Promise<number> {
  const form = chooseForm(options);
  const repository = await openRepository(context, { remote: options.remote });
  for (const app of apps) await requireKnownApp(repository, app);
  const found = compare(form.title, await form.sides(context, repository, [...new Set(apps)]));

  if (options.full !== undefined) await writeText(context.cwd, options.full, diffMarkdown(found, { full: '' }));
  if (options.json === true) context.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (options.markdown === true) {
    const full =
      options.full === undefined
        ? 'Run it again with `--full <file>` for all of it.'
        : `The full text is in ${options.full}.`;
    context.stdout.write(diffMarkdown(found, { limit: commentLimit, full }));
  } else context.stdout.write(describeDiff(found, context.stdout));
  return exitCodes.done;
}

function compare(title: string, comparisons: readonly Comparison[]): Diff {
  const apps = comparisons.map(({ app, where, before, after, namespaces }) => ({
    app,
    from: before.tag,
    to: after.tag,
    objects: compareRenderings(before.manifests, after.manifests, where, { namespaces }),
  }));
  return { title, apps: sortApps(apps.filter(({ objects }) => objects.length > 0)) };
}

interface Form {
  title: string;
  sides(context: Context, repository: Repository, apps: readonly string[]): Promise<Comparison[]>;
}

function chooseForm({ to, from, release, env, against, since }: DiffOptions): Form {
  const promotes = to !== undefined && [env, against, since].every((each) => each === undefined);
  if (promotes) {
    return {
      title: `What a promotion to ${to} would change`,
      sides: (context, repository, apps) => promotionSides(context, repository, apps, { to, from, release }),
    };
  }
  const looksBack = env !== undefined && [to, from, release].every((each) => each === undefined);
  if (looksBack && against !== undefined && since === undefined) {
    return {
      title: `What ${env} runs, compared with ${against}`,
      sides: (_, repository, apps) => environmentSides(repository, apps, { env, against }),
    };
  }
  if (looksBack && since !== undefined && against === undefined) {
    return {
      title: `What ${env} runs, compared with ${since}`,
      sides: (_, repository, apps) => pastSides(repository, apps, { env, since }),
    };
  }
  throw new UserError('it is not said what to compare with what', {
    hint: [
      'pnpm run diff [app...] --to <environment>: what a promotion would change',
      'pnpm run diff [app...] --env <environment> --against <environment>: what two environments run',
      'pnpm run diff [app...] --env <environment> --since <commit, tag or release>: what has changed there',
    ].join('\n'),
    exit: 'usage',
  });
}
