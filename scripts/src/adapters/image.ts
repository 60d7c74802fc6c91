import { existsSync } from 'node:fs';
import { UserError } from '../core/errors.ts';
import { exec, type ExecOptions } from './exec.ts';
import { isLoopback, registryDigest } from './registry.ts';

export interface BuildRequest {
  /** The folder that the Dockerfile sees. */
  context: string;
  /** Relative to the context. */
  dockerfile: string;
  image: string;
  tag: string;
  args: Readonly<Record<string, string>>;
  /** When its commit was made, in seconds: the time of everything in the image, so that a commit always gives the same bytes. */
  epoch: number;
  /** Architectures, as linux/amd64; none builds for this machine's alone. */
  platforms: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** Builds an image and pushes it; gives the digest read back from the registry. Throws UserError with the build's last lines. */
export async function buildAndPush(request: BuildRequest): Promise<string> {
  const { image, tag, context, env } = request;
  const reference = `${image}:${tag}`;
  const options: ExecOptions = { cwd: context, env };
  if (await dockerBuilds(env)) return buildWithDocker(request, options);
  const fixed = ['--timestamp', String(request.epoch)];
  const tls = `--tls-verify=${!isLoopback(image)}`;
  await attempt(`the image ${reference} could not be built from ${request.dockerfile}`, () =>
    exec(
      'buildah',
      ['build', '--isolation', 'chroot', '--network', 'host', '--layers', ...fixed, tls, ...buildArgs(request), '.'],
      options,
    ),
  );
  await attempt(`the image ${reference} could not be pushed`, () => exec('buildah', ['push', tls, reference], options));
  const digest = await registryDigest(image, tag);
  if (digest === undefined) {
    throw new UserError(`the registry has no ${reference} although its push succeeded`, {
      hint: 'nothing of it was committed; run pnpm run deliver again',
    });
  }
  return digest;
}

async function buildWithDocker(request: BuildRequest, options: ExecOptions): Promise<string> {
  const reference = `${request.image}:${request.tag}`;
  await attempt(`the image ${reference} could not be built from ${request.dockerfile}`, () =>
    exec('docker', ['buildx', 'build', ...outputArgs(request.platforms), ...buildArgs(request), '.'], {
      ...options,
      env: { ...options.env, SOURCE_DATE_EPOCH: String(request.epoch) },
    }),
  );
  const args = ['buildx', 'imagetools', 'inspect', reference, '--format', '{{.Manifest.Digest}}'];
  const { stdout } = await exec('docker', args, options);
  return stdout.trim();
}

/**
 * For several architectures a builder of BuildKit's own is needed, which then also states what is in the image and how it
 * was made, and sets the times of its files: https://docs.docker.com/build/metadata/attestations/
 */
function outputArgs(platforms: readonly string[]): string[] {
  if (platforms.length === 0) return ['--push'];
  const output = ['--output', 'type=image,push=true,rewrite-timestamp=true'];
  return [...output, '--platform', platforms.join(','), '--sbom=true', '--provenance=mode=max'];
}

function buildArgs({ dockerfile, image, tag, args, env }: BuildRequest): string[] {
  const certificates = env['NODE_EXTRA_CA_CERTS'];
  const secret =
    certificates !== undefined && existsSync(certificates) ? ['--secret', `id=ca,src=${certificates}`] : [];
  const given = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  return ['--file', dockerfile, '--tag', `${image}:${tag}`, ...given, ...secret];
}

/** A Docker command line may be there without an engine or without buildx; both must answer. */
async function dockerBuilds(env: NodeJS.ProcessEnv): Promise<boolean> {
  try {
    for (const args of [['info'], ['buildx', 'version']]) await exec('docker', args, { env });
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return false;
  }
}

async function attempt<T>(failure: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${failure}: ${error.message}`, { hint: error.hint, cause: error });
  }
}
