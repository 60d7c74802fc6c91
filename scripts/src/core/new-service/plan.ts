import { configFile, parseConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { deliveryEnvironment, findApp, serviceOf } from '../graph.ts';
import { addApp } from './add-app.ts';
import { requireNewName } from './name.ts';
import { sourceFiles } from './template.ts';

/** What an overlay says of who calls its app and whom it calls, which is not so of another one. */
const callers = 'networkpolicy.yaml';

/**
 * The files of a new service and its app, by path, and the configuration that names it. Dockerfile, manifest and app are
 * taken from an existing one, `like`, with the name replaced, so that no template can fall behind; the code is not, nor who
 * may call it.
 * Throws UserError for a name that cannot be, or where the existing one lacks a file or has a database.
 */
export function planService(
  files: ReadonlyMap<string, string>,
  name: string,
  like: string | undefined,
): Map<string, string> {
  const text = files.get(configFile) ?? '';
  const config = parseConfig(text);
  requireNewName(name, takenNames(files, Object.keys(config.apps)));
  const model = like ?? (Object.hasOwn(config.apps, 'catalog') ? 'catalog' : (Object.keys(config.apps)[0] ?? ''));
  const { strategy } = findApp(config, model);
  const service = serviceOf(config, model);
  const first = deliveryEnvironment(config).name;
  requireNoDatabase(files, service);

  function read(path: string): string {
    const found = files.get(path);
    if (found !== undefined) return found;
    throw new UserError(`${path} does not exist, and a new service is made like it`, {
      hint: 'name another one with --like',
      exit: 'usage',
    });
  }

  function copied(path: string, from: string): string {
    return read(path).replaceAll(new RegExp(`(?<!\\w)${from}(?!\\w)`, 'g'), name);
  }

  const planned = new Map<string, string>();
  planned.set(`services/${name}/Dockerfile`, copied(`services/${service}/Dockerfile`, service));
  planned.set(`services/${name}/package.json`, packageJson(read(`services/${service}/package.json`), name));
  for (const [file, content] of sourceFiles(name)) planned.set(`services/${name}/${file}`, content);

  const base = `apps/${model}/base/`;
  for (const path of files.keys())
    if (path.startsWith(base)) planned.set(path.replace(`apps/${model}/`, `apps/${name}/`), copied(path, model));
  for (const environment of config.environments) {
    const own = `apps/${model}/overlays/${environment.name}/`;
    const from = [...files.keys()].some((path) => path.startsWith(own)) ? own : `apps/${model}/overlays/${first}/`;
    for (const path of files.keys()) {
      const file = path.slice(from.length);
      if (path.startsWith(from) && file !== callers)
        planned.set(`apps/${name}/overlays/${environment.name}/${file}`, withoutCallers(copied(path, model)));
    }
  }
  planned.set(configFile, addApp(text, name, strategy));
  return planned;
}

/** Migrations, their Job and its Secret would be copied in part. */
function requireNoDatabase(files: ReadonlyMap<string, string>, service: string): void {
  if (![...files.keys()].some((path) => path.startsWith(`services/${service}/migrations/`))) return;
  throw new UserError(`${service} has a database, which a new service cannot be given`, {
    hint: 'name another one with --like, or none; docs/database.md says what a database takes',
    exit: 'usage',
  });
}

/** The names that apps, services and packages of the workspace have. */
function takenNames(files: ReadonlyMap<string, string>, apps: readonly string[]): string[] {
  const folders = [...files.keys()].flatMap((path) => /^(?:apps|services|packages)\/([^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set([...apps, ...folders, 'scripts'])].filter((each) => each !== 'components');
}

/** A kustomization that no longer lists them; any other text as it is. */
function withoutCallers(text: string): string {
  return text.replace(/^ *- networkpolicy\.yaml\n/m, '').replace(/, networkpolicy\.yaml(?=[\],])/, '');
}

/** A manifest with another name and description; the words in it mean other things as well, such as `catalog:`. */
function packageJson(text: string, name: string): string {
  return text
    .replace(/("name": "(?:@[^/"]+\/)?)[^"]+/, `$1${name}`)
    .replace(/("description": ")[^"]*/, `$1Greets; to be replaced by what ${name} is for.`);
}
