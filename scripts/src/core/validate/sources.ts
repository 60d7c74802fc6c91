import { isMap, isSeq, type Document, type LineCounter, type Node } from 'yaml';
import { isFields, type Fields, type RenderedObject, type Value } from '../diff/objects.ts';
import { resolvePath } from '../inputs.ts';
import { listAt, textAt } from './fields.ts';
import { below, documentsOf, isOperations, literalOf, offsetOf, shifted, toFields, type Find } from './nodes.ts';

/** The sources that are rendered: every file by path. */
export type Files = ReadonlyMap<string, string>;

/** Something in a file that an object is made of: a manifest, a patch, or what a kustomization says of it. */
export interface Part {
  file: string;
  lines: LineCounter;
  /** Whether it has a say in this object. */
  about(object: RenderedObject): boolean;
  /** Where in the file the value at a path is said; undefined where it says nothing of it. */
  find: Find;
}

interface Target {
  kind: string | undefined;
  name: string | undefined;
}

/**
 * What a kustomization makes objects of, in the order in which Kustomize applies it: what comes later has the last word.
 * `placeholder` is what components call an app whose name they do not know; `extra` are components that the renderer adds.
 */
export function partsOf(
  files: Files,
  folder: string,
  app: { placeholder: string; name: string } | undefined,
  extra: readonly string[] = [],
): Part[] {
  const seen = new Set<string>();

  function visit(at: string, more: readonly string[]): Part[] {
    const file = `${at}/kustomization.yaml`;
    const text = files.get(file);
    if (text === undefined || seen.has(at)) return [];
    seen.add(at);
    const [kustomization] = documentsOf(text);
    if (kustomization === undefined) return [];
    const { document, lines } = kustomization;
    const said = toFields(document);
    const nested = [...texts(said['resources']), ...texts(said['components'])].map((each) => resolvePath(at, each));
    return [
      ...texts(said['resources']).flatMap((each) => manifests(resolvePath(at, each), undefined)),
      ...[...nested, ...more].flatMap((each) => visit(each, each.endsWith('/base') ? extra : [])),
      ...patches(at, file, document, lines, said),
      ...generated(file, document, lines, said),
    ];
  }

  function manifests(file: string, target: Target | undefined): Part[] {
    return documentsOf(files.get(file) ?? '').map(({ document, lines }) => {
      const own = toFields(document);
      const wanted = target ?? { kind: textAt(own, 'kind'), name: textAt(own, 'metadata', 'name') };
      return {
        file,
        lines,
        about: (object) => isMeant(wanted, object),
        find: (path, object) => offsetOf(document.contents, path, object.fields),
      };
    });
  }

  function patches(at: string, file: string, document: Document, lines: LineCounter, said: Fields): Part[] {
    return listAt(said, 'patches').flatMap((patch, index) => {
      const target =
        isFields(patch) && isFields(patch['target'])
          ? { kind: textAt(patch, 'target', 'kind'), name: textAt(patch, 'target', 'name') }
          : undefined;
      const path = textAt(patch, 'path');
      if (path === undefined) {
        const node = document.getIn(['patches', index, 'patch'], true);
        return inline(textAt(patch, 'patch') ?? '', target).map((part) => ({
          ...part,
          file,
          lines,
          find: shifted(part, node as Node, lines),
        }));
      }
      const from = resolvePath(at, path);
      const text = files.get(from) ?? '';
      return isOperations(text) ? operations(from, text, target) : manifests(from, target);
    });
  }

  function inline(text: string, target: Target | undefined): Part[] {
    if (isOperations(text)) return operations('', text, target);
    return documentsOf(text).map(({ document, lines }) => {
      const own = toFields(document);
      const wanted = target ?? { kind: textAt(own, 'kind'), name: textAt(own, 'metadata', 'name') };
      return {
        file: '',
        lines,
        about: (object) => isMeant(wanted, object),
        find: (path, object) => offsetOf(document.contents, path, object.fields),
      };
    });
  }

  function operations(file: string, text: string, target: Target | undefined): Part[] {
    return documentsOf(text).map(({ document, lines }) => ({
      file,
      lines,
      about: (object) => isMeant(target ?? { kind: undefined, name: undefined }, object),
      find(path, object) {
        const said = (isSeq(document.contents) ? document.contents.items : []).flatMap((operation) => {
          const pointer = isMap(operation) ? operation.get('path') : undefined;
          if (!isMap(operation) || typeof pointer !== 'string') return [];
          const keys = pointer
            .split('/')
            .slice(1)
            .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
          if (!keys.every((key, index) => index < path.length && (key === '-' || key === String(path[index]))))
            return [];
          const value = operation.get('value', true) as Node | undefined;
          const rest = path.slice(keys.length);
          const offset =
            rest.length === 0
              ? (operation.range?.[0] ?? 0)
              : offsetOf(value, rest, below(object.fields, path.slice(0, keys.length)));
          return offset === undefined ? [] : [offset];
        });
        return said.at(-1);
      },
    }));
  }

  /** What a kustomization itself says: the ConfigMaps and Secrets that it makes, and replicas. */
  function generated(file: string, document: Document, lines: LineCounter, said: Fields): Part[] {
    const maps = ['configMapGenerator', 'secretGenerator'].flatMap((key) =>
      listAt(said, key).map((each, index): Part => {
        const name = textAt(each, 'name') ?? '';
        const kind = key === 'configMapGenerator' ? 'ConfigMap' : 'Secret';
        const node = document.getIn([key, index], true) as Node | undefined;
        return {
          file,
          lines,
          about: (object) =>
            object.kind === kind &&
            (object.name === name || (object.name.startsWith(`${name}-`) && object.name.length === name.length + 11)),
          find: (path) => (path.length === 0 ? node?.range?.[0] : literalOf(document, [key, index], path)),
        };
      }),
    );
    const counts = listAt(said, 'replicas').map((each, index): Part => ({
      file,
      lines,
      about: (object) => object.name === textAt(each, 'name'),
      find: (path) =>
        path.join('.') === 'spec.replicas'
          ? (document.getIn(['replicas', index], true) as Node | undefined)?.range?.[0]
          : undefined,
    }));
    return [...maps, ...counts];
  }

  function isMeant({ kind, name }: Target, object: RenderedObject): boolean {
    // A strategy turns the Deployment of a base into a Rollout.
    const kinds = object.kind === 'Rollout' ? ['Rollout', 'Deployment'] : [object.kind];
    if (kind !== undefined && !kinds.includes(kind)) return false;
    if (name === undefined || name === object.name) return true;
    if (app !== undefined && object.name === name.replace(new RegExp(`^${app.placeholder}(?=-|$)`), app.name))
      return true;
    return app === undefined && object.name.startsWith(`${name}-`);
  }

  return visit(folder, []);
}

function texts(value: Value | undefined): string[] {
  return (Array.isArray(value) ? value : []).filter((each) => typeof each === 'string');
}
