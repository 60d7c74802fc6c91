import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../src/core/config.ts';
import type { Schema, SchemaTable } from '../src/core/validate/schema-table.ts';
import schemas from '../src/core/validate/schemas.json' with { type: 'json' };
import { renderApps } from '../src/steps/validate-builds.ts';
import { validTree } from '../test/manifests.ts';
import { measure, type Benchmark, type Row } from './measure.ts';

const version = 'v0.7.0';
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sluice-kubeconform');

/** The objects of many renderings, judged in one process, beside kubeconform with the same schemas and as strict. */
export const validate: Benchmark = {
  name: 'validate',
  question: 'How long does it take to check the fields of rendered objects?',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-validate-'));
    const kubeconform = install();
    writeSchemas(join(folder, 'schemas'));
    const rows: Row[] = [];
    for (const count of [1_050, 50_000]) {
      const made = await writeObjects(join(folder, String(count)), count);
      const runs = count > 10_000 ? 3 : 10;
      const judge = (what: string) => ({
        command: process.execPath,
        args: [join(import.meta.dirname, 'judge-files.ts'), join(folder, String(count)), what],
        cwd: folder,
        env: process.env,
      });
      const location = join(folder, 'schemas', '{{.ResourceKind}}-{{.Group}}-{{.ResourceAPIVersion}}.json');
      const peer = {
        command: kubeconform,
        args: ['-n', '2', '-strict', '-schema-location', location, join(folder, String(count))],
        cwd: folder,
        env: process.env,
      };
      rows.push(
        { what: `${made} objects: their fields`, figure: await measure(runs, () => judge('fields')), budget: made / 4 },
        { what: `${made} objects: their fields, and every rule`, figure: await measure(runs, () => judge('rules')) },
        { what: `${made} objects: \`kubeconform -n 2 -strict\``, figure: await measure(runs, () => peer) },
      );
    }
    rmSync(folder, { recursive: true });
    return {
      rows,
      notes: [
        'Each from the start of its process, with schemas that are on disk; the budget is 4,000 objects a second',
      ],
    };
  },
};

function install(): string {
  const file = join(cache, 'kubeconform');
  const env = { ...process.env, GOBIN: cache };
  if (!existsSync(file))
    execFileSync('go', ['install', `github.com/yannh/kubeconform/cmd/kubeconform@${version}`], { env });
  return file;
}

/** One file for each app in each environment, until there are as many objects. */
async function writeObjects(folder: string, count: number): Promise<number> {
  mkdirSync(folder);
  const files = validTree();
  const config = parseConfig(files.get('gitops.config.yaml') ?? '');
  const wanted = Object.keys(config.apps).flatMap((app) =>
    config.environments.map((environment) => ({ app, environment })),
  );
  const texts = (await renderApps(files, config, wanted, undefined)).map(({ text }) => text);
  let made = 0;
  for (let index = 0; made < count; index++) {
    const text = texts[index % texts.length] ?? '';
    writeFileSync(join(folder, `${index}.yaml`), text);
    made += text.match(/^kind: /gm)?.length ?? 0;
  }
  return made;
}

/** The table as kubeconform reads it: a JSON schema for each kind, with what it refers to. */
function writeSchemas(folder: string): void {
  mkdirSync(folder);
  const { kinds, schemas: all } = schemas as SchemaTable;
  for (const [kind, place] of Object.entries(kinds)) {
    const [apiVersion = '', name = ''] = kind.toLowerCase().split(' ');
    // Of the core's kinds, which have no group, it takes the version for one.
    const [group = '', apiv = apiVersion] = apiVersion.split('/');
    const used = new Set<number>();
    reach(place, all, used);
    const definitions = Object.fromEntries([...used].map((each) => [each, convert(all[each] ?? {})]));
    writeFileSync(
      join(folder, `${name}-${group}-${apiv}.json`),
      JSON.stringify({ $ref: `#/definitions/${place}`, definitions }),
    );
  }
}

function reach(place: number, all: readonly Schema[], used: Set<number>): void {
  if (used.has(place)) return;
  used.add(place);
  const { properties = {}, values, items } = all[place] ?? {};
  for (const each of [...Object.values(properties), values, items]) if (each !== undefined) reach(each, all, used);
}

function convert({ type, properties, required, values, items, ...limits }: Schema): object {
  const to = (place: number): object => ({ $ref: `#/definitions/${place}` });
  if (type === undefined) return {};
  if (type === 'int-or-string' || type === 'quantity') return { type: ['string', 'number', 'null'] };
  return {
    ...limits,
    type: [type, 'null'],
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, to(each)])) }),
    ...(type === 'object'
      ? { additionalProperties: values === undefined ? properties === undefined : to(values) }
      : {}),
    ...(required === undefined ? {} : { required }),
    ...(items === undefined ? {} : { items: to(items) }),
  };
}
