import { UserError } from '../core/errors.ts';
import type { Folder, Snapshot } from '../core/snapshot.ts';
import type { ObjectReader } from './git-objects.ts';

/** What lies in one folder, in Git's order. */
interface Entry {
  name: string;
  /** 40 hex digits. */
  id: string;
  isFolder: boolean;
}

/** Reads the folders of one repository. */
export interface TreeReader {
  /** What lies in the folders of a revision that `within` opens, by path without a slash at its end; the top one always is. */
  list(revision: string, within: (folder: string) => boolean): Promise<Pick<Snapshot, 'tree' | 'folders'>>;
  /** The folders below which two revisions differ. */
  differing(one: string, other: string): Promise<Set<string>>;
}

const objectName = /^[0-9a-f]{40}$/;

/** Reads each folder once, by asking for its object: a listing costs what it opens, whatever else the repository has. */
export function createTreeReader(objects: ObjectReader): TreeReader {
  const known = new Map<string, Promise<Entry[]>>();

  /** `name` is an id, of which nothing ever changes, or another name. */
  function open(name: string): Promise<Entry[]> {
    const found = known.get(name) ?? readEntries(objects, name);
    if (objectName.test(name)) known.set(name, found);
    return found;
  }

  async function list(revision: string, within: (folder: string) => boolean): ReturnType<TreeReader['list']> {
    const tree = new Map<string, string>();
    const folders = new Map<string, Folder>();

    async function walk(folder: string, name: string): Promise<() => string[]> {
      const entries = await open(name);
      const path = (entry: Entry): string => (folder === '' ? entry.name : `${folder}/${entry.name}`);
      const opened = entries.filter((entry) => entry.isFolder && within(path(entry)));
      const inner = await Promise.all(opened.map((entry) => walk(path(entry), entry.id)));
      // Put down only once all below is there, so that the order is Git's, whatever was answered first.
      return () => {
        for (const entry of entries) {
          if (!entry.isFolder) tree.set(path(entry), entry.id);
          else {
            const own: Folder = { id: entry.id, folders: [] };
            folders.set(path(entry), own);
            own.folders = inner[opened.indexOf(entry)]?.() ?? [];
          }
        }
        return entries.flatMap((entry) => (entry.isFolder ? [entry.name] : []));
      };
    }

    const putDown = await walk('', revision);
    putDown();
    return { tree, folders };
  }

  async function foldersIn(name: string | undefined): Promise<Map<string, string>> {
    const entries = name === undefined ? [] : await open(name);
    return new Map(entries.flatMap((entry) => (entry.isFolder ? [[entry.name, entry.id] as const] : [])));
  }

  async function differing(one: string, other: string): Promise<Set<string>> {
    const found = new Set<string>();

    async function walk(folder: string, names: readonly (string | undefined)[]): Promise<void> {
      const [old, next] = await Promise.all([foldersIn(names[0]), foldersIn(names[1])]);
      const changed = [...new Set([...old.keys(), ...next.keys()])].filter((name) => old.get(name) !== next.get(name));
      await Promise.all(
        changed.map((name) => {
          const path = folder === '' ? name : `${folder}/${name}`;
          found.add(path);
          return walk(path, [old.get(name), next.get(name)]);
        }),
      );
    }

    await walk('', [one, other]);
    return found;
  }

  return { list, differing };
}

/** The folders on the way to some paths, and all below these. */
export function below(paths: readonly string[]): (folder: string) => boolean {
  const ends = new Set(paths);
  const onTheWay = new Set(paths.flatMap((path) => [...ancestors(path)]));
  return (folder) => onTheWay.has(folder) || ends.has(folder) || ancestors(folder).some((each) => ends.has(each));
}

function* ancestors(path: string): Generator<string, undefined> {
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) yield path.slice(0, at);
}

/** The entries of a tree, or of a commit's: `<mode> <name>`, a null, and the id as 20 bytes, one after the other. */
async function readEntries(objects: ObjectReader, name: string): Promise<Entry[]> {
  const content = await objects.read(`${name}^{tree}`);
  if (content === undefined) {
    throw new UserError(`there is no revision ${name} in this repository`, { hint: 'git fetch, or run git fsck' });
  }
  const entries: Entry[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(32, at);
    const end = content.indexOf(0, space);
    entries.push({
      name: content.toString('utf8', space + 1, end),
      id: content.toString('hex', end + 1, end + 21),
      isFolder: content.toString('latin1', at, space) === '40000',
    });
    at = end + 21;
  }
  return entries;
}
