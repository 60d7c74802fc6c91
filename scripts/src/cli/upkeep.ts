import { Argument, Option } from 'commander';
import { deadline, dryRun, json, positive, remote } from './options.ts';
import type { CommandTable } from './table.ts';

/** What runs by itself: the reconciler, the keeping of attestations, what people ask the pipeline for, the guard; and what makes something new. */
export function addUpkeep({ program, context, run, end }: CommandTable): void {
  program
    .command('reconcile')
    .description(
      'Finish what was left: record outcomes nobody waited for, restore what was verified where something failed',
    )
    .addOption(
      new Option(
        '--every <seconds>',
        'again and again until a signal ends it, or its own code is another; not with --dry-run or --json',
      )
        .argParser(positive)
        .conflicts(['dryRun', 'json']),
    )
    .addOption(dryRun)
    .addOption(remote)
    .addOption(deadline)
    .addOption(json)
    .action(async (options) => {
      end(await (await import('../commands/reconcile.ts')).reconcile(context, options));
    });
  program
    .command('attest')
    .description('Store attestations of images where the gate provenance looks for them, once they are verified')
    .option('--bundle <file...>', 'Sigstore bundles, as GitHub Actions or gh attestation download wrote them')
    .option('--list', 'print the images built from HEAD that have none, as sha256sum does')
    .addOption(dryRun)
    .addOption(remote)
    .addOption(json)
    .action(async (options) => {
      end(await (await import('../commands/attest.ts')).attest(context, options));
    });
  program
    .command('carry-out')
    .description(
      'Carry out, in the pipeline, what somebody asks for: COMMAND, APPS, ENVIRONMENT and OPTIONS (a JSON list) as variables',
    )
    .action(async () => {
      const { readRequest } = await import('../commands/carry-out.ts');
      end(await run(readRequest(context)));
    });
  program
    .command('check')
    .description(
      'Decide whether a change to a branch may stand: the update hook of the local remote, part of every landing on GitHub',
    )
    .requiredOption('--ref <ref>', 'the branch that would change')
    .requiredOption('--old <commit>', 'what it is at')
    .requiredOption('--new <commit>', 'what it would be at')
    .option('--repository <folder>', 'repository to look in (default: this one)')
    .option('--proposed', 'it is a proposal: gates that may open before it lands do not count')
    .addOption(json)
    .action(async (options) => {
      end(await (await import('../commands/check.ts')).check(context, options));
    });
  program
    .command('new')
    .description(
      'Write a service with its tests, Dockerfile and app in every environment, and its entry in gitops.config.yaml',
    )
    .addArgument(new Argument('<what>').choices(['service']))
    .argument('<name>')
    .option('--like <app>', 'the app that it is made like (default: catalog, or the first one)')
    .option('--no-install', 'leave the lockfile and node_modules as they are')
    .addOption(dryRun)
    .addOption(json)
    .action(async (_what: string, name: string, options) => {
      end(await (await import('../commands/new.ts')).newService(context, name, options));
    });
  program
    .command('init')
    .description(
      'Make a copy of this repository your own: its address, its registry, and the branches that the pipeline writes',
    )
    .option('--repository <repository>', 'owner/name on github.com, or an address (default: what the remote is)')
    .option('--registry <registry>', "where images go (default: the owner's at ghcr.io)")
    .option('--remote <name>', 'Git remote that gets the branches', 'origin')
    .option('--yes', 'do not ask')
    .addOption(dryRun)
    .addOption(json)
    .action(async (options) => {
      end(await (await import('../commands/init.ts')).init(context, options));
    });
}
