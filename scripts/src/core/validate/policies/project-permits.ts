import { listAt, ofKind, textAt } from '../fields.ts';
import type { Policy } from '../policy.ts';

/** The project of an environment's apps is called apps-<environment>: argocd/projects. */
export const projectPermits: Policy = {
  id: 'project-permits',
  requirements: ['GIT-6', 'GIT-8'],
  scope: 'apps',
  reason: 'Argo CD syncs nothing of an app with an object that its project does not permit',
  fix: 'add the kind to argocd/projects/app-kinds.patch.yaml, or take the object out',
  *check({ environment, objects, platform }) {
    const project = ofKind(platform, 'AppProject').find(({ name }) => name === `apps-${environment?.name}`);
    if (project === undefined) return;
    const permitted = listAt(project.fields, 'spec', 'namespaceResourceWhitelist');
    const cluster = listAt(project.fields, 'spec', 'clusterResourceWhitelist');
    for (const object of objects) {
      const group = object.apiVersion.includes('/') ? object.apiVersion.replace(/\/.*/, '') : '';
      const known = [...permitted, ...cluster].some(
        (each) => matches(textAt(each, 'group'), group) && matches(textAt(each, 'kind'), object.kind),
      );
      if (!known) yield { object, path: ['kind'], message: `is not permitted by the project ${project.name}` };
    }
  },
};

function matches(pattern: string | undefined, value: string): boolean {
  return pattern === '*' || pattern === value;
}
