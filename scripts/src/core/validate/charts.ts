import { at, listAt, ofKind, shown, textAt } from './fields.ts';
import { readObjects } from './read-objects.ts';
import type { Files } from './sources.ts';

/** A chart, as an application of a cluster names it. */
export interface Chart {
  /** The file of the application. */
  file: string;
  name: string;
  /** Its address; without a scheme it is a registry. */
  repository: string;
  version: string;
  release: string;
  namespace: string;
  /** Files with its values, of which the last has the last word. */
  values: readonly string[];
}

/** The charts of all clusters, on or off, since a line turns one on. */
export function chartsOf(files: Files): Chart[] {
  return [...files]
    .filter(([path]) => /^infrastructure\/clusters\/[^/]+\/(?!kustomization)[^/]+\.yaml$/.test(path))
    .flatMap(([file, text]) =>
      ofKind(readObjects(text, file), 'Application').flatMap(({ name: application, fields }) =>
        listAt(fields, 'spec', 'sources').flatMap((source) => {
          const [name, repository, version] = ['chart', 'repoURL', 'targetRevision'].map((key) => textAt(source, key));
          if (name === undefined || repository === undefined || version === undefined) return [];
          const mayMiss = at(source, ['helm', 'ignoreMissingValueFiles']) === true;
          const values = listAt(source, 'helm', 'valueFiles').map((each) => shown(each).replace('$repository/', ''));
          return [
            {
              file,
              name,
              repository,
              version,
              release: textAt(source, 'helm', 'releaseName') ?? application,
              namespace: textAt(fields, 'spec', 'destination', 'namespace') ?? 'default',
              values: values.filter((each) => !mayMiss || files.has(each)),
            },
          ];
        }),
      ),
    );
}
