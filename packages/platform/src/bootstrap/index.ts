import type { Infrastructure } from '../components.ts';
import type { Platform } from '../platform.ts';
import { applyComponent } from './apply-component.ts';
import { installArgoCd } from './argocd.ts';
import { applyDefinitions } from './definitions.ts';
import { installPostgresql } from './postgresql.ts';

export { applicationsWell } from './applications.ts';
export { adminPasswordFile } from './argocd-secrets.ts';
export { installArgoCd };

/** Applies what the cluster needs by name, in this order, each until it is ready; what is unchanged is only awaited. */
export async function applyInfrastructure(platform: Platform, names: readonly Infrastructure[]): Promise<void> {
  for (const name of names) {
    if (name === 'pause') continue;
    if (name === 'crds') await applyAllDefinitions(platform);
    else if (name === 'argocd') await installArgoCd(platform);
    else if (name === 'postgresql') await installPostgresql(platform);
    else await applyComponent(platform, name);
  }
}

/** What apps are made of is known to the API before the controllers run. */
async function applyAllDefinitions(platform: Platform): Promise<void> {
  const step = platform.progress.step('definitions of Argo Rollouts and Traefik');
  try {
    await applyDefinitions(platform, 'argo-rollouts');
    await applyDefinitions(platform, 'traefik');
    step.done();
  } catch (error) {
    step.fail();
    throw error;
  }
}
