/** One object of a manifest, as text. */
export interface ManifestDocument {
  apiVersion: string;
  kind: string;
  text: string;
}

/**
 * The objects of a YAML stream in block style, as kustomize writes it and upstream publishes it: keys of the object
 * itself start a line. Reading megabytes of definitions as YAML would take seconds.
 */
export function splitManifest(stream: string): ManifestDocument[] {
  return stream.split(/^---[^\S\n]*(?:#.*)?\n/m).flatMap((text) => {
    const kind = topLevel(text, 'kind');
    return kind === '' ? [] : [{ apiVersion: topLevel(text, 'apiVersion'), kind, text }];
  });
}

export function joinManifest(documents: readonly ManifestDocument[]): string {
  return documents.map(({ text }) => `---\n${text.endsWith('\n') ? text : `${text}\n`}`).join('');
}

/** What others refer to, and so comes first. */
export function isDefinition({ kind }: ManifestDocument): boolean {
  return kind === 'CustomResourceDefinition';
}

function topLevel(text: string, key: string): string {
  return new RegExp(`^${key}: *["']?([^\\s"']+)`, 'm').exec(text)?.[1] ?? '';
}
