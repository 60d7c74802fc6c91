import { below } from '../adapters/git-trees.ts';
import { readText } from '../adapters/file.ts';
import type { Context } from '../context.ts';
import { bundleDigests, splitBundles, verifyBundle } from '../core/attestation.ts';
import type { ProvenancePolicy } from '../core/config-schema.ts';
import { configFile } from '../core/config.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { deliveryEnvironment } from '../core/graph.ts';
import { bundleFolder, bundlePath, provenanceProblem } from '../core/provenance.ts';
import { recordsBranch } from '../core/record.ts';
import { readIdentity } from '../steps/identity.ts';
import { trustedRoots } from '../steps/provenance.ts';
import { addToRecords, type RecordFile } from '../steps/record.ts';
import { branchState } from '../steps/branches.ts';
import { openRepository, remoteRefs, type Repository } from '../steps/repository.ts';

export interface AttestOptions {
  /** Files with Sigstore bundles. */
  bundle?: readonly string[] | undefined;
  /** Print what has none, instead. */
  list?: boolean | undefined;
  dryRun?: boolean | undefined;
  remote?: string | undefined;
  json?: boolean | undefined;
}

/** Stores attestations where the gate `provenance` looks for them, or lists the images that have none. Gives the exit code. */
export async function attest(context: Context, options: AttestOptions): Promise<number> {
  if ((options.bundle === undefined) === (options.list !== true)) {
    throw new UserError('name either the files with attestations, or ask what has none', {
      hint: '--bundle <file>..., or --list',
      exit: 'usage',
    });
  }
  const repository = await openRepository(context, { remote: options.remote, atHead: options.list === true });
  return options.bundle === undefined
    ? list(context, repository, options)
    : store(context, repository, options.bundle, options);
}

/** Prints, as sha256sum would, the images of the first environment that were built from HEAD and have no attestation; none where no gate asks. */
async function list(context: Context, repository: Repository, options: AttestOptions): Promise<number> {
  const { git, remote, config, main } = repository;
  const refs = remoteRefs(remote);
  const state = await branchState(git, deliveryEnvironment(config).name, refs);
  const records = await git.resolve(`${refs}/${recordsBranch}`);
  const within = below(['provenance']);
  const known = records === undefined ? [] : [...(await git.snapshot(records, { within })).tree.keys()];
  const asked = policies(repository).length > 0;
  const images = [...state.releases.values()]
    .filter(({ imageRevision }) => asked && imageRevision === main.revision)
    .filter(({ digest }) => !known.some((path) => path.startsWith(`${bundleFolder(digest)}/`)))
    .map(({ image, digest }) => ({ image, digest }));
  if (options.json === true) context.stdout.write(`${JSON.stringify(images, null, 2)}\n`);
  else for (const { image, digest } of images) context.stdout.write(`${digest.replace('sha256:', '')}  ${image}\n`);
  if (images.length === 0) context.stderr.write('no image waits for an attestation: nothing to do\n');
  return images.length === 0 ? exitCodes.nothing : exitCodes.done;
}

async function store(
  context: Context,
  repository: Repository,
  names: readonly string[],
  options: AttestOptions,
): Promise<number> {
  const asked = await Promise.all(
    policies(repository).map(async (policy) => ({ policy, roots: await trustedRoots(repository, policy) })),
  );
  if (asked.length === 0) {
    throw new UserError('no environment asks where images come from', {
      hint: `name the gate provenance for one in ${configFile}`,
    });
  }
  const files = new Map<string, RecordFile>();
  for (const name of names) {
    for (const text of splitBundles(await readText(context.cwd, name), name)) {
      for (const digest of digestsThatCount(asked, name, text)) {
        context.stderr.write(`${name}: attests ${digest}\n`);
        const path = bundlePath(digest, text);
        files.set(path, { path, text, title: digest.slice(0, 19) });
      }
    }
  }
  const identity = await readIdentity(context, repository);
  const stored =
    options.dryRun === true
      ? undefined
      : await addToRecords(context, repository, identity, 'Attest', [...files.values()]);
  if (options.json === true) {
    const paths = (stored?.files ?? []).map(({ path }) => path);
    context.stdout.write(`${JSON.stringify({ commit: stored?.commit ?? null, stored: paths }, null, 2)}\n`);
  }
  if (options.dryRun === true) return exitCodes.done;
  context.stderr.write(
    stored === undefined
      ? 'all of it is stored already: nothing to do\n'
      : `stored ${stored.files.length} on ${recordsBranch} as ${stored.commit.slice(0, 12)}\n`,
  );
  return stored === undefined ? exitCodes.nothing : exitCodes.done;
}

/** The images of a bundle that some environment's policy accepts; throws UserError with every reason against it where none does. */
function digestsThatCount(
  asked: readonly { policy: ProvenancePolicy; roots: Parameters<typeof verifyBundle>[1] }[],
  name: string,
  text: string,
): string[] {
  const reasons = new Set<string>();
  for (const { policy, roots } of asked) {
    try {
      const problem = provenanceProblem(verifyBundle(text, roots), policy);
      if (problem === undefined) return bundleDigests(text);
      reasons.add(problem);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      reasons.add(error.message);
    }
  }
  throw new UserError(`${name} does not count as an attestation: ${[...reasons].join('; ')}`, {
    hint: `what counts is in gates.provenance of ${configFile}; nothing was stored`,
  });
}

function policies({ config }: Repository): ProvenancePolicy[] {
  return config.environments.flatMap(({ gates }) => gates.provenance ?? []);
}
