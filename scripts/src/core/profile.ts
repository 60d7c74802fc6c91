import type { Config, ConfigProblem, Gates, Profile, ProfileGates } from './config-schema.ts';
import { graphProblems } from './graph.ts';

/** The configuration with a profile over it; its environments have to be known. */
export function applyProfile(base: Config, chosen: Profile): Config {
  return {
    ...base,
    registry: chosen.registry ?? base.registry,
    argocd: { ...base.argocd, ...defined(chosen.argocd) },
    build: { args: { ...base.build.args, ...chosen.build?.args } },
    environments: base.environments.map((each) => {
      const over = chosen.environments?.[each.name];
      return { ...each, ...defined(over), gates: applyGates(each.gates, over?.gates) };
    }),
  };
}

/** What a profile makes of a graph that works without it, at the keys of the profile. */
export function profileProblems(base: Config, name: string, chosen: Profile): ConfigProblem[] {
  return graphProblems(applyProfile(base, chosen)).map(({ path: [, index, ...rest], message }) => {
    const environment = base.environments[Number(index)]?.name ?? '';
    return { path: ['profiles', name, 'environments', environment, ...rest], message };
  });
}

function applyGates(base: Gates, over: ProfileGates | undefined): Gates {
  const merged = Object.entries({ ...base, ...defined(over) });
  return Object.fromEntries(merged.filter(([, gate]) => gate !== null)) as Gates;
}

function defined<T extends object>(value: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value ?? {}).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
