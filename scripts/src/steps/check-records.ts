import type { Git } from '../adapters/git.ts';
import { UserError } from '../core/errors.ts';
import { bundlePath } from '../core/provenance.ts';
import { parseRecord, recordPath } from '../core/record.ts';
import { observationPath, parseObservation } from '../core/soak/observation.ts';

/** What is wrong with a change to the records' branch: records and attestations are only ever added, each in its place. */
export async function checkRecords(git: Git, old: string, next: string): Promise<string[]> {
  const differing = await git.differing(old, next);
  const within = (folder: string): boolean => differing.has(folder);
  const before = await git.snapshot(old, { within });
  const after = await git.snapshot(next, { within, wanted: (path) => !before.tree.has(path) });
  const problems: string[] = [];
  for (const [path, oid] of before.tree) {
    if (after.tree.get(path) !== oid) problems.push(`${path} was changed or removed; a record stays as it was written`);
  }
  for (const [path, text] of after.texts) {
    const problem = path.startsWith('provenance/') ? await checkBundle(path, text) : checkRecord(path, text);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

function checkRecord(path: string, text: string): string | undefined {
  const place = placeOf(text);
  if (place === undefined) return `${path} is not a record`;
  return place === path ? undefined : `${path} belongs at ${place}`;
}

/** Where an outcome or an observation belongs; undefined for what is neither. */
function placeOf(text: string): string | undefined {
  const observation = parseObservation(text);
  if (observation !== undefined) return observationPath(observation);
  const record = parseRecord(text);
  return record === undefined ? undefined : recordPath(record);
}

/** Whether an attestation counts is asked where a gate looks at it; here only that it is one, of that image. */
async function checkBundle(path: string, text: string): Promise<string | undefined> {
  const { bundleDigests } = await import('../core/attestation.ts');
  try {
    const places = bundleDigests(text).map((digest) => bundlePath(digest, text));
    return places.includes(path) ? undefined : `${path} belongs at ${places.join(' or ')}`;
  } catch (error) {
    if (error instanceof UserError) return `${path} is not an attestation: ${error.message}`;
    throw error;
  }
}
