import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { run } from '../run.ts';
import type { LocalImage, PublishedImage } from './driver.ts';

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

interface Manifest {
  config?: Descriptor;
  layers?: Descriptor[];
  manifests?: Descriptor[];
}

/**
 * Pushes an OCI archive to a registry that answers plain HTTP, by the distribution protocol:
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
 * Blobs that are there already are not sent again.
 */
export async function pushArchive(registry: string, image: LocalImage): Promise<PublishedImage> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-image-'));
  try {
    await run('tar', ['--extract', '--file', image.archive, '--directory', folder]);
    const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as Manifest;
    const top = index.manifests?.[0];
    if (top === undefined) throw new UserError(`${image.archive} is an OCI archive without an image`);
    const push = { folder, url: `http://${registry}/v2/${image.name}` };
    const digest = await pushManifest(push, top, image.tag);
    return { reference: `${registry}/${image.name}:${image.tag}`, digest };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Push {
  folder: string;
  url: string;
}

async function pushManifest(push: Push, descriptor: Descriptor, reference: string): Promise<string> {
  const text = await readFile(blobFile(push, descriptor.digest), 'utf8');
  const manifest = JSON.parse(text) as Manifest;
  for (const child of manifest.manifests ?? []) await pushManifest(push, child, child.digest);
  for (const blob of [...(manifest.layers ?? []), ...(manifest.config === undefined ? [] : [manifest.config])]) {
    await pushBlob(push, blob);
  }
  const response = await send(`${push.url}/manifests/${reference}`, {
    method: 'PUT',
    headers: { 'content-type': descriptor.mediaType },
    body: text,
  });
  return response.headers.get('docker-content-digest') ?? descriptor.digest;
}

async function pushBlob(push: Push, blob: Descriptor): Promise<void> {
  const known = await fetch(`${push.url}/blobs/${blob.digest}`, { method: 'HEAD' });
  if (known.ok) return;
  const started = await send(`${push.url}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(started.headers.get('location') ?? '', push.url);
  location.searchParams.set('digest', blob.digest);
  await send(location.href, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: await readFile(blobFile(push, blob.digest)),
  });
}

async function send(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    throw new UserError(`the registry does not answer: ${init.method} ${url}`, { hint: 'run: pnpm start', cause });
  });
  if (response.ok) return response;
  throw new UserError(`the registry refused ${init.method} ${url}: ${response.status} ${await response.text()}`);
}

function blobFile(push: Push, digest: string): string {
  return join(push.folder, 'blobs', ...digest.split(':'));
}
