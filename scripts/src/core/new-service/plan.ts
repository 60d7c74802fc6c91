import { configFile, parseConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { deliveryEnvironment, findApp, serviceOf } from '../graph.ts';
import { addApp } from './add-app.ts';
import { requireNewName } from './name.ts';
import { routeFiles } from './template.ts';

/** What every service has alike, but for its name. */
const alike = ['Dockerfile', 'src/config.ts', 'src/main.ts', 'src/main.test.ts'];

/**
 * The files of a new service and its app, by path, and the configuration that names it. What services have alike is
 * taken from an existing one, `like`, with the name replaced, so that no template can fall behind; the routes are not.
 * Throws UserError for a name that cannot be, or where the existing one lacks a file.
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
  for (const file of alike) planned.set(`services/${name}/${file}`, copied(`services/${service}/${file}`, service));
  planned.set(`services/${name}/package.json`, packageJson(read(`services/${service}/package.json`), name));
  for (const [file, content] of routeFiles(name)) planned.set(`services/${name}/${file}`, content);

  const base = `apps/${model}/base/`;
  for (const path of files.keys())
    if (path.startsWith(base)) planned.set(path.replace(`apps/${model}/`, `apps/${name}/`), copied(path, model));
  for (const environment of config.environments) {
    const own = `apps/${model}/overlays/${environment.name}/`;
    const from = [...files.keys()].some((path) => path.startsWith(own)) ? own : `apps/${model}/overlays/${first}/`;
    for (const path of files.keys()) {
      if (path.startsWith(from))
        planned.set(`apps/${name}/overlays/${environment.name}/${path.slice(from.length)}`, copied(path, model));
    }
  }
  planned.set(configFile, addApp(text, name, strategy));
  return planned;
}

/** The names that apps, services and packages of the workspace have. */
function takenNames(files: ReadonlyMap<string, string>, apps: readonly string[]): string[] {
  const folders = [...files.keys()].flatMap((path) => /^(?:apps|services|packages)\/([^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set([...apps, ...folders, 'scripts'])].filter((each) => each !== 'components');
}

/** A manifest with another name and description; the words in it mean other things as well, such as `catalog:`. */
function packageJson(text: string, name: string): string {
  return text
    .replace(/("name": "(?:@[^/"]+\/)?)[^"]+/, `$1${name}`)
    .replace(/("description": ")[^"]*/, `$1Greets; to be replaced by what ${name} is for.`);
}
