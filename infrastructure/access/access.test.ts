import { expect, it } from 'vitest';
import { buildKustomization } from '../test/kustomize.ts';

interface Role {
  metadata: { name: string };
  rules?: { resources?: string[]; verbs: string[] }[];
}

/** Roles that may read a Secret, in which base64 hides nothing. */
function readers(objects: readonly unknown[]): string[] {
  return (objects as Role[])
    .filter(({ rules = [] }) =>
      rules.some(({ resources = [] }) => resources.some((each) => /^(secrets(\/.*)?|\*)$/.test(each))),
    )
    .map(({ metadata }) => metadata.name);
}

it.each(['infrastructure/access', 'infrastructure/access/argocd'])('no role of %s may read Secrets', async (folder) => {
  const objects = await buildKustomization(folder);
  const roles = objects.filter(({ kind }) => kind.endsWith('Role'));

  expect(roles.length).toBeGreaterThan(0);
  expect(readers(roles)).toEqual([]);
  for (const resources of [['secrets'], ['*'], ['pods', 'secrets']])
    expect(readers([...roles, { metadata: { name: 'bad' }, rules: [{ resources, verbs: ['get'] }] }])).toEqual(['bad']);
});
