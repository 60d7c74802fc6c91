import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fullPath } from '../../host-packages.ts';
import type { Host } from '../../platform.ts';
import { run } from '../../run.ts';
import type { LocalImage, PublishedImage } from '../driver.ts';

/** Pushes an OCI archive with the credentials that a login of Docker, Podman or skopeo has left on this machine. */
export async function pushWithSkopeo(host: Host, registry: string, image: LocalImage): Promise<PublishedImage> {
  const reference = `${registry}/${image.name}:${image.tag}`;
  const folder = await mkdtemp(join(tmpdir(), 'sluice-push-'));
  try {
    const digestFile = join(folder, 'digest');
    const plain = /^(localhost|127\.\d+\.\d+\.\d+)(:|\/|$)/.test(registry) ? ['--dest-tls-verify=false'] : [];
    await run(
      'skopeo',
      [
        'copy',
        '--quiet',
        '--preserve-digests',
        ...plain,
        `--digestfile=${digestFile}`,
        `oci-archive:${image.archive}`,
        `docker://${reference}`,
      ],
      {
        env: { ...host.env, PATH: fullPath(host.env) },
        signal: host.signal,
        hint: `log in where it refuses you: skopeo login ${registry.split('/')[0]}`,
      },
    );
    return { reference, digest: (await readFile(digestFile, 'utf8')).trim() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
