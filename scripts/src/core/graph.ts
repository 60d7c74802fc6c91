import type { Config, ConfigProblem, Environment } from './config-schema.ts';
import { nearest, unknownName } from './errors.ts';

/** What cannot work in the promotion graph: doubled or unknown names, cycles, unreachable environments, contradictions. */
export function graphProblems(config: Pick<Config, 'environments'>): ConfigProblem[] {
  const { environments } = config;
  const names = environments.map((each) => each.name);
  const problems: ConfigProblem[] = [];
  function report(index: number, key: string, message: string): void {
    problems.push({ path: ['environments', index, key], message });
  }

  for (const [index, each] of environments.entries()) {
    if (names.indexOf(each.name) !== index) report(index, 'name', `environment "${each.name}" stands twice`);
    const twin = environments.find((other) => other.cluster === each.cluster && other.namespace === each.namespace);
    if (twin !== undefined && twin.name !== each.name) {
      report(
        index,
        'namespace',
        `"${each.name}" and "${twin.name}" would run in the same namespace of ${each.cluster}`,
      );
    }
    for (const [at, parent] of each.after.entries()) {
      if (each.after.indexOf(parent) !== at) report(index, 'after', `"${parent}" stands twice`);
      else if (parent === each.name) report(index, 'after', `"${each.name}" comes after itself`);
      else if (!names.includes(parent)) {
        const near = nearest(parent, names);
        report(
          index,
          'after',
          `unknown environment "${parent}"${near === undefined ? '' : `, did you mean "${near}"?`}`,
        );
      }
    }
    if (each.delivery && each.after.length > 0) {
      report(
        index,
        'after',
        `"${each.name}" is where delivery lands, so it cannot come after ${each.after.join(', ')}`,
      );
    }
    if (each.delivery && each.auto) {
      report(index, 'auto', `"${each.name}" is where delivery lands, so nothing is promoted there`);
    }
    for (const gate of ['verified', 'soak'] as const) {
      if (!each.delivery || each.gates[gate] === undefined) continue;
      report(index, 'gates', `the gate "${gate}" looks at the environment before, and "${each.name}" has none`);
    }
    for (const gate of ['provenance', 'digest', 'checks'] as const) {
      if (!each.delivery || each.gates[gate] === undefined) continue;
      report(index, 'gates', `the gate "${gate}" is asked about promotions, and nothing is promoted to "${each.name}"`);
    }
    if (each.delivery && each.landing === 'pull-request') {
      report(index, 'landing', `"${each.name}" is where delivery lands, and that asks nobody`);
    }
    if (!each.delivery && each.after.length === 0) {
      report(index, 'name', `nothing can reach "${each.name}": give it \`after\`, or \`delivery: true\``);
    }
  }

  const landing = environments.filter((each) => each.delivery);
  if (landing.length !== 1) {
    problems.push({
      path: ['environments'],
      message: `exactly one environment has \`delivery: true\`; here ${landing.map((each) => each.name).join(' and ') || 'none'}`,
    });
  }
  for (const cycle of cycles(environments)) {
    report(names.indexOf(cycle[0] ?? ''), 'after', `a cycle: ${[...cycle, cycle[0]].join(' → ')}`);
  }
  return problems;
}

/** The environment where delivery lands. */
export function deliveryEnvironment(config: Config): Environment {
  const found = config.environments.find((each) => each.delivery);
  if (found === undefined) throw new Error('a checked configuration has one');
  return found;
}

/** The environment of that name; a UserError (exit 2) with the nearest name where there is none. */
export function findEnvironment(config: Config, name: string): Environment {
  const found = config.environments.find((each) => each.name === name);
  if (found === undefined) {
    throw unknownName(
      'environment',
      name,
      config.environments.map((each) => each.name),
    );
  }
  return found;
}

/** The environments that a release reaches by way of another, however far. */
export function followers({ environments }: Pick<Config, 'environments'>, name: string): string[] {
  const found = new Set<string>();
  function visit(parent: string): void {
    for (const each of environments) {
      if (!each.after.includes(parent) || found.has(each.name)) continue;
      found.add(each.name);
      visit(each.name);
    }
  }
  visit(name);
  return [...found];
}

/** Every environment, each before those that it comes after. */
export function lastFirst(config: Pick<Config, 'environments'>): Environment[] {
  const reach = new Map(config.environments.map(({ name }) => [name, followers(config, name).length]));
  return config.environments.toSorted((a, b) => (reach.get(a.name) ?? 0) - (reach.get(b.name) ?? 0));
}

/** The app of that name; a UserError (exit 2) with the nearest name where there is none. */
export function findApp(config: Config, name: string): Config['apps'][string] {
  const found = Object.hasOwn(config.apps, name) ? config.apps[name] : undefined;
  if (found === undefined) throw unknownName('app', name, Object.keys(config.apps));
  return found;
}

/** The service that an app runs: named after it unless the configuration says otherwise. */
export function serviceOf(config: Config, app: string): string {
  return findApp(config, app).service ?? app;
}

/** The name of an app's image in the registry. */
export function imageOf(config: Config, app: string): string {
  return `${config.registry}/${serviceOf(config, app)}`;
}

/** The namespace of an app in an environment. */
export function namespaceOf(environment: Environment, app: string): string {
  return environment.namespace.replace('{app}', app);
}

/** Whether a release is of the cluster and the namespace that its environment has for its app. */
export function isInPlace(environment: Environment, { app, cluster, namespace }: Place): boolean {
  return cluster === environment.cluster && namespace === namespaceOf(environment, app);
}

interface Place {
  app: string;
  cluster: string;
  namespace: string;
}

function cycles(environments: readonly Environment[]): string[][] {
  const after = new Map(environments.map((each) => [each.name, each.after]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[][] = [];
  function visit(name: string, path: string[]): void {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      found.push(path.slice(path.indexOf(name)));
      return;
    }
    state.set(name, 'open');
    for (const parent of after.get(name) ?? []) if (parent !== name) visit(parent, [...path, name]);
    state.set(name, 'done');
  }
  for (const each of environments) visit(each.name, []);
  return found;
}
