import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { argocdAdmin, findArgocd } from '../../infrastructure/test/argocd.ts';

const folder = join(import.meta.dirname, 'argocd-notifications-cm');
const data = Object.fromEntries(
  readdirSync(folder).map((file) => [basename(file, '.yaml'), readFileSync(join(folder, file), 'utf8')]),
);
const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-notifications-cm' }, data };
const settings = ['--config-map', './config.yaml', '--secret', ':empty'];

/** An application whose sync ended some seconds ago. */
function application({ project = 'apps-staging', health = 'Healthy', phase = 'Succeeded', ago = 60 } = {}): object {
  const finishedAt = new Date(Date.now() - ago * 1000).toISOString();
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop-staging', namespace: 'argocd' },
    spec: { project },
    status: {
      health: { status: health },
      operationState: { phase, finishedAt, syncResult: { revision: 'a' } },
      summary: { images: ['registry.example/shop@sha256:1'] },
    },
  };
}

const argocd = await findArgocd();

beforeEach(({ skip }) => skip(argocd === undefined, 'argocd has not been made yet; pnpm run tools argocd makes it'));

/** The last word of what Argo CD says of a trigger and an application: whether it sends. */
async function verdictOf(trigger: string, change: Parameters<typeof application>[0]): Promise<string | undefined> {
  const objects = { 'config.yaml': config, 'app.yaml': application(change) };
  const said = await argocdAdmin(
    argocd ?? '',
    ['notifications', 'trigger', 'run', trigger, './app.yaml', ...settings],
    objects,
  );
  return said?.trim().split(/\s+/).at(-1);
}

describe('a notification', () => {
  it.for([
    ['where testers wait for it', {}, true],
    ['in production', { project: 'apps-prod' }, true],
    ['not where every push lands', { project: 'apps-dev' }, false],
    ['not while a canary is under way', { health: 'Progressing' }, false],
    ['not after a sync that failed', { phase: 'Failed' }, false],
    ['not while the health may be that of the version before', { ago: 5 }, false],
  ] as const)('that something is deployed is sent %s', async ([, change, sent]) => {
    expect(await verdictOf('deployed', change)).toBe(String(sent));
  });

  it.for([
    ['when a rollout was aborted or its pods do not come', { health: 'Degraded' }, true],
    ['not while a rollout is under way', { health: 'Progressing' }, false],
  ] as const)('that something is degraded is sent %s', async ([, change, sent]) => {
    expect(await verdictOf('degraded', change)).toBe(String(sent));
  });

  it.for(Object.keys(data).filter((name) => name.startsWith('template.')))('is JSON: %s', async (name) => {
    const template = name.replace('template.', '');
    const objects = { 'config.yaml': config, 'app.yaml': application() };
    const said = await argocdAdmin(
      argocd ?? '',
      ['notifications', 'template', 'notify', template, './app.yaml', ...settings, '--recipient', 'console:stdout'],
      objects,
    );

    const { text } = JSON.parse(/\{"text".*\}/.exec(said ?? '')?.[0] ?? '') as { text: string };
    expect(text).toMatch(/^shop-staging (is|has|cannot) /);
  });

  it('has a template for each trigger, and somebody who gets it', () => {
    const names = (kind: string) =>
      Object.keys(data)
        .filter((name) => name.startsWith(`${kind}.`))
        .map((name) => name.replace(`${kind}.`, ''));

    expect(names('template')).toEqual(names('trigger'));
    for (const trigger of names('trigger')) expect(data['subscriptions']).toContain(trigger);
  });
});
