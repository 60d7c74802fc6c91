import { createHash } from 'node:crypto';

/** What decides an image's content. */
export interface ImageContent {
  /** The files of its folder, text by path. */
  recipe: Readonly<Record<string, string>>;
  /** sha256 of everything else that it copies, by name. */
  inputs: Readonly<Record<string, string>>;
}

/** 12 hex digits that change when the recipe or anything it copies does. */
export function imageKey(content: ImageContent): string {
  const hash = createHash('sha256');
  for (const part of [content.recipe, content.inputs]) {
    const entries = Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1));
    hash.update(JSON.stringify(entries));
  }
  return hash.digest('hex').slice(0, 12);
}

/**
 * An image's tag: version and key, as `1.15.0-0123456789ab`.
 * A version may have characters that a tag may not: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export function imageTag(version: string, key: string): string {
  return `${version.replaceAll(/[^\w.-]/g, '-')}-${key}`;
}
