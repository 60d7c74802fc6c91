import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseConfig } from '../src/core/config.ts';
import { validate, type ToValidate, type Verdict } from '../src/steps/validate.ts';

const folder = join(import.meta.dirname, 'invalid');
const valid = filesIn(join(import.meta.dirname, 'valid'));

/** The files below a folder, by their paths in it. */
export function filesIn(root: string): Map<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const paths = entries.map((each) => join(each.parentPath, each.name)).toSorted();
  return new Map(paths.map((path) => [relative(root, path), readFileSync(path, 'utf8')]));
}

/** A tree with nothing wrong in it, with some files replaced or added. */
export function validTree(changes: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  return new Map([...valid, ...[...changes].filter(([path]) => path !== 'problems.txt')]);
}

/** The names of the trees with one defect each, and what each changes in the valid one. */
export function invalidTrees(): Map<string, Map<string, string>> {
  return new Map(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, filesIn(join(folder, name))]),
  );
}

/** Everything that is wrong with a tree. */
export function validateTree(files: Map<string, string>, options: Partial<ToValidate> = {}): Promise<Verdict> {
  const config = parseConfig(files.get('gitops.config.yaml') ?? '');
  const { environments } = config;
  return validate({
    files,
    config,
    apps: Object.keys(config.apps),
    environments,
    platform: true,
    today: '2026-11-27',
    ...options,
  });
}
