import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { Config, Environment } from './config.ts';
import { UserError } from './errors.ts';
import { followers } from './graph.ts';
import type { Outcome } from './outcome/outcome.ts';
import { firstLine } from './text.ts';

/**
 * Throws UserError where an app cannot leave an environment yet: while a later one runs it, which could then no longer
 * be mended by way of this one, or while the configuration would have the next delivery bring it back.
 * `running` are the environments that have it.
 */
export function requireRetirable(
  config: Config,
  environment: Environment,
  app: string,
  running: ReadonlySet<string>,
): void {
  const later = followers(config, environment.name).filter((each) => running.has(each));
  if (later.length > 0) {
    throw new UserError(`${later.join(' and ')} still runs ${app}, and ${environment.name} comes before`, {
      hint: `pnpm run retire ${app} takes it out of every environment, the last one first`,
      exit: 'blocked',
    });
  }
  if (environment.delivery && Object.hasOwn(config.apps, app)) {
    throw new UserError(`${app} is still configured, so the next delivery would bring it back to ${environment.name}`, {
      hint: `take ${app} out of gitops.config.yaml on main first`,
      exit: 'blocked',
    });
  }
}

/** What is looked at to find out whether an app has gone. */
export interface RetirementFacts {
  /** The deploy branch has the app again. */
  back: boolean;
  application: IApplication | undefined;
  /** `Deployment/web in web-prod` where it is still there. */
  workload: string | undefined;
}

/** Judges whether all that belonged to an app is gone. `retired` still has to last before it counts. */
export function judgeRetirement({ back, application, workload }: RetirementFacts): Outcome {
  if (back) return { state: 'superseded', reason: 'the app has landed here again' };
  if (application === undefined) {
    return workload === undefined
      ? { state: 'retired', reason: 'the application and all that it managed are gone' }
      : { state: 'progressing', reason: `Argo CD has let go of ${workload}, which is still there` };
  }
  if (application.metadata?.deletionTimestamp === undefined) {
    return { state: 'progressing', reason: 'waiting for Argo CD to begin' };
  }
  const trouble = application.status?.conditions?.find((each) => each.type === 'DeletionError');
  return {
    state: 'progressing',
    reason:
      trouble === undefined
        ? 'Argo CD is removing its objects'
        : `Argo CD cannot remove its objects: ${firstLine(trouble.message)}`,
  };
}
