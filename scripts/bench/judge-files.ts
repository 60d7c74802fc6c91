import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from '../src/core/validate/judge.ts';
import { policies } from '../src/core/validate/policies/index.ts';
import { readObjects } from '../src/core/validate/read-objects.ts';
import { createSchemaCheck } from '../src/core/validate/schema.ts';
import schemas from '../src/core/validate/schemas.json' with { type: 'json' };

/** Judges every file of a folder by itself, as `validate` judges a rendering: by fields alone, or by `rules` as well. */
const [folder = '', what = ''] = process.argv.slice(2);
const check = createSchemaCheck(schemas);
const environment = { name: 'prod', production: true };
let [count, found] = [0, 0];
for (const file of readdirSync(folder)) {
  const objects = readObjects(readFileSync(join(folder, file), 'utf8'), file);
  const subject = { app: 'web', environment, registry: 'registry.example/team', objects, platform: [] };
  count += objects.length;
  found += judge(subject, check, what === 'rules' ? policies : []).length;
}
process.stdout.write(`${count} objects, ${found} problems\n`);
