import { dirname, join } from 'node:path/posix';
import { UserError } from './errors.ts';
import { renderRoot } from './rendering.ts';
import { parseYaml } from './yaml.ts';

const hint = 'an app uses its own folder and apps/components; copy there what it needs';

/**
 * Refuses kustomizations that reach beyond the files they are rendered with, by a URL or a path, and any that set the image
 * of the release: a rendering is made of what Git has at one revision, and of that release. Throws UserError for the first.
 * `checked` keeps what has been looked at, for many renderings of the same files.
 */
export function refuseOutside(files: ReadonlyMap<string, string>, service: string, checked = new Set<string>()): void {
  for (const [path, text] of files) {
    if (/\/(kustomization\.yml|Kustomization)$/.test(path)) {
      throw new UserError(`${path} has another name than kustomization.yaml`, { hint: 'rename it' });
    }
    const known = [service, path, text].join('\0');
    if (!path.endsWith('/kustomization.yaml') || path.startsWith(`${renderRoot}/`) || checked.has(known)) continue;
    const kustomization = parseYaml(text, path);
    for (const reference of references(kustomization)) {
      const target = join(dirname(path), reference);
      const isUrl = reference.includes('://');
      if (
        !isUrl &&
        !reference.startsWith('/') &&
        (files.has(target) || files.has(join(target, 'kustomization.yaml')))
      ) {
        continue;
      }
      throw new UserError(`${path} names ${reference}, which is not among the files that it may use`, { hint });
    }
    const images = isMap(kustomization) ? kustomization['images'] : undefined;
    const own = items(images).find((each) => each['name'] === service || each['newName'] === service);
    if (own !== undefined) {
      throw new UserError(`${path} sets the image ${service}, which is the release's to do`, {
        hint: 'take the entry out of images: release.yaml says which image runs',
      });
    }
    checked.add(known);
  }
}

/** Every file and folder that a kustomization names. */
function references(kustomization: unknown): string[] {
  if (!isMap(kustomization)) return [];
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
