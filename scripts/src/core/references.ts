import { dirname, join } from 'node:path/posix';
import { UserError } from './errors.ts';
import { renderRoot } from './rendering.ts';
import { parseYaml } from './yaml.ts';

const hint = 'an app uses its own folder and apps/components; copy there what it needs';

/** What a kustomization says of other files and of images. */
export interface Named {
  files: readonly string[];
  images: readonly unknown[];
}

/**
 * Refuses kustomizations that reach beyond the files they are rendered with, by a URL or a path, and any that set the image
 * of the release: a rendering is made of what Git has at one revision, and of that release. Throws UserError for the first.
 * `known` keeps what kustomizations say by their texts, for many renderings of the same.
 */
export function refuseOutside(
  files: ReadonlyMap<string, string>,
  service: string,
  known = new Map<string, Named>(),
): void {
  for (const [path, text] of files) {
    if (/\/(kustomization\.yml|Kustomization)$/.test(path)) {
      throw new UserError(`${path} has another name than kustomization.yaml`, { hint: 'rename it' });
    }
    if (!path.endsWith('/kustomization.yaml') || path.startsWith(`${renderRoot}/`)) continue;
    const named = known.get(text) ?? readNamed(path, text);
    known.set(text, named);
    const outside = named.files.find((each) => !isAmong(files, dirname(path), each));
    if (outside !== undefined) {
      throw new UserError(`${path} names ${outside}, which is not among the files that it may use`, { hint });
    }
    if (named.images.includes(service)) {
      throw new UserError(`${path} sets the image ${service}, which is the release's to do`, {
        hint: 'take the entry out of images: release.yaml says which image runs',
      });
    }
  }
}

function isAmong(files: ReadonlyMap<string, string>, folder: string, reference: string): boolean {
  if (reference.includes('://') || reference.startsWith('/')) return false;
  const target = join(folder, reference);
  return files.has(target) || files.has(join(target, 'kustomization.yaml'));
}

function readNamed(path: string, text: string): Named {
  const kustomization = parseYaml(text, path);
  if (!isMap(kustomization)) return { files: [], images: [] };
  const images = items(kustomization['images']).flatMap((each) => [each['name'], each['newName']]);
  return { files: references(kustomization), images };
}

/** Every file and folder that a kustomization names. */
function references(kustomization: Fields): string[] {
  const lists = ['resources', 'components', 'bases', 'crds', 'configurations'];
  // These may also stand in the kustomization itself, as a text of several lines or as an object.
  const inline = ['generators', 'transformers', 'validators', 'patchesStrategicMerge'];
  const holders = ['patches', 'patchesJson6902', 'replacements'];
  const openapi = kustomization['openapi'];
  return [
    ...lists.flatMap((key) => texts(kustomization[key])),
    ...inline.flatMap((key) => texts(kustomization[key])).filter((each) => !each.includes('\n')),
    ...holders.flatMap((key) => items(kustomization[key])).flatMap((each) => texts(each['path'])),
    ...(isMap(openapi) ? texts(openapi['path']) : []),
    ...[kustomization['configMapGenerator'], kustomization['secretGenerator']]
      .flatMap(items)
      .flatMap((each) => [
        ...texts(each['files']).map((file) => file.replace(/^[^=]*=/, '')),
        ...texts(each['envs']),
        ...texts(each['env']),
      ]),
  ];
}

type Fields = Record<string, unknown>;

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function items(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
}
