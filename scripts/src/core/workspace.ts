import { UserError } from './errors.ts';
import type { Snapshot } from './snapshot.ts';

/** One package of the workspace: its folder, name, and the folders of the packages of this workspace that it uses. */
export interface WorkspacePackage {
  folder: string;
  name: string;
  uses: string[];
}

/** The packages under services/ and packages/, by folder; throws UserError for a package.json that cannot be read. */
export function readWorkspace(snapshot: Snapshot): Map<string, WorkspacePackage> {
  const manifests = new Map<string, { name: string; dependencies: string[] }>();
  for (const [path, text] of snapshot.texts) {
    const folder = /^((?:services|packages)\/[^/]+)\/package\.json$/.exec(path)?.[1];
    if (folder !== undefined) manifests.set(folder, readManifest(path, text));
  }
  const folders = new Map([...manifests].map(([folder, manifest]) => [manifest.name, folder]));
  return new Map(
    [...manifests].map(([folder, { name, dependencies }]) => {
      const uses = dependencies.flatMap((each) => folders.get(each) ?? []);
      return [folder, { folder, name, uses }];
    }),
  );
}

/** A package's folder and those of everything it uses, itself first, each once. */
export function closure(workspace: ReadonlyMap<string, WorkspacePackage>, folder: string): string[] {
  const found = new Set<string>();
  function visit(each: string): void {
    if (found.has(each)) return;
    found.add(each);
    for (const used of workspace.get(each)?.uses ?? []) visit(used);
  }
  visit(folder);
  return [...found];
}

function readManifest(path: string, text: string): { name: string; dependencies: string[] } {
  try {
    const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined> & { name?: unknown };
    const dependencies = [manifest['dependencies'], manifest['devDependencies']].flatMap((each) =>
      Object.keys(each ?? {}),
    );
    return { name: String(manifest.name), dependencies };
  } catch (error) {
    throw new UserError(`${path} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'mend that file and commit it',
      cause: error,
    });
  }
}
