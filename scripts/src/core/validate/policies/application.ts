import { at, listAt, mapAt, ofKind, textAt } from '../fields.ts';
import type { Finding, Path, Policy } from '../policy.ts';

export const application: Policy = {
  id: 'application',
  requirements: ['GIT-2', 'GIT-6', 'E11'],
  scope: 'platform',
  reason: 'the project "default" permits everything, and HEAD is whatever was pushed last',
  fix: 'name a project of argocd/projects, and a branch, tag or version',
  *check({ objects, platform }) {
    const projects = ofKind([...objects, ...platform], 'AppProject').map(({ name }) => name);
    for (const object of ofKind(objects, 'Application', 'ApplicationSet')) {
      const base: Path = object.kind === 'Application' ? ['spec'] : ['spec', 'template', 'spec'];
      const spec = mapAt(object.fields, ...base);
      const project = textAt(spec, 'project');
      // What an ApplicationSet fills in is known only there.
      if (project === undefined || project === '' || project === 'default')
        yield { object, path: [...base, 'project'], message: `is in the project "${project ?? 'default'}"` };
      else if (!project.includes('{{') && projects.length > 0 && !projects.includes(project))
        yield { object, path: [...base, 'project'], message: `is in the project "${project}", which is not there` };
      const sources: [Path, Finding['object']['fields'][string]][] = [
        [[...base, 'source'], at(spec, ['source']) ?? null],
        ...listAt(spec, 'sources').map((each, index): [Path, typeof each] => [[...base, 'sources', index], each]),
      ];
      for (const [path, source] of sources) {
        const revision = textAt(source, 'targetRevision');
        if (source !== null && (revision === undefined || ['HEAD', '', '*', 'latest'].includes(revision)))
          yield {
            object,
            path: [...path, 'targetRevision'],
            message: `follows ${revision === undefined || revision === '' ? 'no revision in particular' : revision}`,
          };
      }
    }
  },
};
