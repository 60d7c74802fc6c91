import { usesLocalImages } from '../images/index.ts';
import type { Platform } from '../platform.ts';
import { ensureAdminPassword, ensureCachePassword } from './argocd-secrets.ts';
import { applyComponent } from './apply-component.ts';

/** Installs Argo CD with projects and application sets, waits until it is ready, and says when it has no web UI. */
export async function installArgoCd(platform: Platform): Promise<void> {
  await applyComponent(platform, 'argocd', async () => {
    await ensureCachePassword(platform);
    await ensureAdminPassword(platform);
  });
  if (usesLocalImages(platform) && (await platform.tool('argocd')).webUi === false) {
    platform.progress.note(
      'Argo CD was built from source, which has no web UI; everything else works. A release or a mirror (SLUICE_MIRROR) brings it.',
    );
  }
}
