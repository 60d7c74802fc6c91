import type { Git } from '../adapters/git.ts';
import { parseRecord, recordPath } from '../core/record.ts';

/** What is wrong with a change to the records' branch: records are only ever added, each in its place. */
export async function checkRecords(git: Git, old: string, next: string): Promise<string[]> {
  const before = await git.snapshot(old);
  const after = await git.snapshot(next, { wanted: (path) => !before.tree.has(path) });
  const problems: string[] = [];
  for (const [path, oid] of before.tree) {
    if (after.tree.get(path) !== oid) problems.push(`${path} was changed or removed; a record stays as it was written`);
  }
  for (const [path, text] of after.texts) {
    const record = parseRecord(text);
    if (record === undefined) problems.push(`${path} is not a record`);
    else if (recordPath(record) !== path) problems.push(`${path} belongs at ${recordPath(record)}`);
  }
  return problems;
}
