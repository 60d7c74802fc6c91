import type { Git } from '../adapters/git.ts';
import { parseRecord, recordPath } from '../core/record.ts';
import { observationPath, parseObservation } from '../core/soak/observation.ts';

/** What is wrong with a change to the records' branch: records are only ever added, each in its place. */
export async function checkRecords(git: Git, old: string, next: string): Promise<string[]> {
  const before = await git.snapshot(old);
  const after = await git.snapshot(next, { wanted: (path) => !before.tree.has(path) });
  const problems: string[] = [];
  for (const [path, oid] of before.tree) {
    if (after.tree.get(path) !== oid) problems.push(`${path} was changed or removed; a record stays as it was written`);
  }
  for (const [path, text] of after.texts) {
    const place = placeOf(text);
    if (place === undefined) problems.push(`${path} is not a record`);
    else if (place !== path) problems.push(`${path} belongs at ${place}`);
  }
  return problems;
}

/** Where an outcome or an observation belongs; undefined for what is neither. */
function placeOf(text: string): string | undefined {
  const observation = parseObservation(text);
  if (observation !== undefined) return observationPath(observation);
  const record = parseRecord(text);
  return record === undefined ? undefined : recordPath(record);
}
