import { describe, expect, it } from 'vitest';
import { createWorkshop, type Workshop } from '../../test/workshop.ts';

const overlay = 'apps/web/overlays/staging/kustomization.yaml';

async function edited(workshop: Workshop): Promise<Record<string, string>> {
  return { [overlay]: (await workshop.read(overlay)).replace('ENVIRONMENT=staging', 'ENVIRONMENT=edited') };
}

async function renderings(workshop: Workshop): Promise<number> {
  const { stdout } = await workshop.sluice('validate', '--changed', '--json');
  return (JSON.parse(stdout) as { renderings: number }).renderings;
}

describe('validate --changed', () => {
  it('renders the apps that differ from main alone, committed or not', async () => {
    const workshop = await createWorkshop();
    expect(await renderings(workshop)).toBe(0);

    await workshop.write(await edited(workshop));
    const committed = await renderings(workshop);
    await workshop.git('reset', '--soft', 'HEAD~1');

    expect(committed).toBe(3);
    expect(await renderings(workshop)).toBe(3);
  });

  it('renders every app where something differs that the platform brings them', async () => {
    const workshop = await createWorkshop();
    await workshop.write({ 'argocd/project.yaml': 'kind: AppProject\n' });

    expect(await renderings(workshop)).toBe(6);
  });

  it('means the main that people share, where there is one beside the local platform', async () => {
    const workshop = await createWorkshop();
    await workshop.push(await edited(workshop));
    expect(await renderings(workshop)).toBe(0);

    await workshop.git('update-ref', 'refs/remotes/origin/main', 'HEAD~1');

    expect(await renderings(workshop)).toBe(3);
  });
});
