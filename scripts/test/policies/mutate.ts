import { readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Policy } from '../../src/core/validate/policy.ts';
import { mutantsOf, type Mutant } from './mutants.ts';
import { caseSubjects, findingsOf, fixtureSubjects, type Subjects } from './subjects.ts';

/**
 * Breaks every policy in every way that mutants.ts knows, and counts how many of these the tests would notice: those in
 * which some finding in the fixtures or cases is another one. `pnpm --filter @sluice/scripts run mutate [policy...]`;
 * prints each that nothing notices, and ends with 1 where fewer than 95 % are noticed.
 */
const threshold = 0.95;
const folder = join(import.meta.dirname, '../../src/core/validate/policies');
const only = process.argv.slice(2);
const sources = new Map<string, string>();

registerHooks({
  load(url, context, next) {
    const source = sources.get(url);
    return source === undefined ? next(url, context) : { format: 'module-typescript', source, shortCircuit: true };
  },
});

async function policyAt(url: string): Promise<Policy> {
  const module = (await import(url)) as Record<string, Policy>;
  const found = Object.values(module).find((each) => typeof each?.check === 'function');
  if (found === undefined) throw new Error(`${url} exports no policy`);
  return found;
}

async function survives(url: string, { source }: Mutant, subjects: Subjects, expected: string): Promise<boolean> {
  sources.set(url, source);
  try {
    return JSON.stringify([...findingsOf(await policyAt(url), subjects)]) === expected;
  } catch {
    return false;
  }
}

const began = performance.now();
const fixtures = await fixtureSubjects();
let [all, noticed] = [0, 0];
for (const file of readdirSync(folder).toSorted()) {
  const id = file.slice(0, -3);
  if (file === 'index.ts' || (only.length > 0 && !only.includes(id))) continue;
  const url = pathToFileURL(join(folder, file)).href;
  const subjects = new Map([...fixtures, ...caseSubjects(id, fixtures)]);
  const expected = JSON.stringify([...findingsOf(await policyAt(url), subjects)]);
  const mutants = mutantsOf(file, readFileSync(join(folder, file), 'utf8'));
  for (const [index, mutant] of mutants.entries()) {
    all += 1;
    if (await survives(`${url}?mutant=${index}`, mutant, subjects, expected))
      process.stdout.write(`${file}:${mutant.line} ${mutant.change}\n`);
    else noticed += 1;
  }
}
const share = noticed / all;
process.stdout.write(
  `${noticed} of ${all} mutants noticed (${(share * 100).toFixed(1)} %) in ${((performance.now() - began) / 1000).toFixed(1)} s\n`,
);
process.exitCode = share >= threshold ? 0 : 1;
