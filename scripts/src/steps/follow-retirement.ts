import { deployBranch } from '../core/branch-state.ts';
import type { Plan } from '../core/plan.ts';
import { judgeRetirement } from '../core/retirement.ts';
import { workloadKindOf } from '../core/strategy.ts';
import { applicationName, type Watch } from './look.ts';
import { remoteRefs, type Repository } from './repository.ts';

/**
 * Has Argo CD delete the application of a retired app with all that it manages, and looks whether that is gone. Nothing
 * else deletes one: the application set only makes and changes applications, so that none goes where it finds too little.
 */
export function watchRetirement({ git, remote }: Repository, { environment }: Plan): Watch {
  return ({ argocd, apps }, { app, release }) =>
    async () => {
      const name = applicationName(app, environment);
      const application = await argocd.application(name);
      let back = false;
      if (application !== undefined && application.metadata?.deletionTimestamp === undefined) {
        await git.fetch(remote.name);
        back = (await git.objectId(`${remoteRefs(remote)}/${deployBranch(environment)}:${app}`)) !== undefined;
        if (!back) await argocd.deleteApplication(name);
      }
      const kind = workloadKindOf(release.strategy);
      const found = await apps.workload(release.namespace, kind, app);
      const workload = found === undefined ? undefined : `${kind}/${app} in ${release.namespace}`;
      return { outcome: judgeRetirement({ back, application, workload }) };
    };
}
