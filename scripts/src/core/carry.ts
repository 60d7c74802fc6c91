import { parseDocument, type Document } from 'yaml';

/** Marks a ConfigMap that only pods of an earlier release still need, with how many releases have carried it. */
export const carriedAnnotation = 'sluice.dev/carried';

/** A release may land while the canary of the one before is under way, or just aborted: what serves then is of the one before that. */
const mostCarried = 2;

/**
 * Adds to a rendering the hashed ConfigMaps of the one it replaces, so that pods of the old version can still start
 * during a canary and after an abort. What the old one had itself carried goes along once more, and is then left behind.
 */
export function carryConfigMaps(rendered: string, replaced: string | undefined): string {
  if (replaced === undefined) return rendered;
  const present = new Set(configMaps(rendered).map(identity));
  const carried = configMaps(replaced).filter(
    (document) =>
      document.get('immutable') === true && timesCarried(document) < mostCarried && !present.has(identity(document)),
  );
  const parts = carried.map((document) => {
    document.setIn(['metadata', 'annotations', carriedAnnotation], String(timesCarried(document) + 1));
    return `---\n${document.toString({ lineWidth: 0, directives: false }).replace(/^---\n/, '')}`;
  });
  return [rendered.endsWith('\n') ? rendered : `${rendered}\n`, ...parts].join('');
}

/** The ConfigMaps of a rendering, in which a line says what each object is; to parse all of it would take ten times as long. */
function configMaps(text: string): Document[] {
  return text
    .split(/^---$/m)
    .filter((each) => /^kind: ConfigMap$/m.test(each))
    .map((each) => parseDocument(each));
}

function timesCarried(document: Document): number {
  const said = document.getIn(['metadata', 'annotations', carriedAnnotation]);
  // Earlier versions wrote `true`.
  return said === undefined ? 0 : Number(said) || 1;
}

function identity(document: Document): string {
  return [document.get('kind'), document.getIn(['metadata', 'namespace']), document.getIn(['metadata', 'name'])].join(
    '/',
  );
}
