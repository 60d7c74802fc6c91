import { Option } from 'commander';
import { from, json, release, remote } from './options.ts';
import type { CommandTable } from './table.ts';

/** What only looks. */
export function addViews({ program, context, end }: CommandTable): void {
  program
    .command('history')
    .description('Show what became of every landing of an app, newest first')
    .argument('<app>')
    .option('--env <environment>', 'only there')
    .addOption(remote)
    .addOption(json)
    .action(async (app: string, options) => {
      end(await (await import('../commands/history.ts')).history(context, app, options));
    });
  program
    .command('diff')
    .description(
      'Show what a promotion would change, or what an environment runs compared with another or with its past',
    )
    .argument('[app...]', 'only these')
    .option('--to <environment>', 'what promoting them there would change')
    .addOption(from)
    .addOption(release)
    .option('--env <environment>', 'what it runs now, compared with --against or --since')
    .option('--against <environment>', 'what this one runs now')
    .option('--since <revision>', 'a commit of its deploy branch, or an earlier release by id, tag or digest')
    .addOption(new Option('--markdown', 'as Markdown, no longer than a comment may be').conflicts('json'))
    .option('--full <file>', 'write all of the Markdown to a file')
    .addOption(remote)
    .addOption(json)
    .action(async (apps: string[], options) => {
      end(await (await import('../commands/diff.ts')).diff(context, apps, options));
    });
  program
    .command('status')
    .description('Show which release each environment runs, what became of it and what waits')
    .argument('[app]', 'only this one, with what the gates say to the releases that wait')
    .option('--watch', 'show it again whenever something has changed, until Ctrl-C')
    .option('--no-cluster', 'do not ask the cluster for health')
    .addOption(remote)
    .addOption(json)
    .action(async (app: string | undefined, options) => {
      end(await (await import('../commands/status.ts')).status(context, app, options));
    });
  program
    .command('render')
    .description(
      'Print the manifests of an app for an environment, as HEAD would render them with the release that runs there',
    )
    .argument('[app]')
    .option('--env <environment>', 'only there')
    .option('--all', 'every app, in every environment unless one is named')
    .option('--out <folder>', 'write <environment>/<app>.yaml there instead')
    .addOption(remote)
    .option('--landed', 'render again what has landed there, from the revisions in its release.yaml')
    .addOption(json)
    .action(async (app: string | undefined, options) => {
      end(await (await import('../commands/render.ts')).render(context, app, options));
    });
  program
    .command('validate')
    .description(
      'Judge every manifest as the files are now: fields, rules, and what refers to what; --changed only what differs from main',
    )
    .argument('[app...]', 'only these')
    .option('--env <environment>', 'only there')
    .option('--changed', 'only what differs from main, committed or not')
    .option('--charts', 'render the charts of every cluster with their values as well; fetches them')
    .option('--server', 'have a real API server judge the apps as well, with the admission policies of production')
    .addOption(json)
    .action(async (apps: string[], options) => {
      end(await (await import('../commands/validate.ts')).validate(context, apps, options));
    });
}
