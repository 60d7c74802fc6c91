import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const text = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

interface Configuration {
  environments: { name: string; cluster: string }[];
  apps: Record<string, unknown>;
}

const { environments, apps } = parse(text('gitops.config.yaml')) as Configuration;
const names = environments.map((each) => each.name);

describe('the configuration and what stands beside it', () => {
  it('has an overlay for every app in every environment', () => {
    for (const app of Object.keys(apps)) {
      for (const name of names)
        expect(existsSync(`apps/${app}/overlays/${name}/kustomization.yaml`), `${app} ${name}`).toBe(true);
    }
  });

  it('has a deploy branch in the application set for every environment', () => {
    const set = parse(text('argocd/applicationsets/apps.yaml')) as {
      spec: { generators: { matrix: { generators: { list?: { elements: { deploy: string }[] } }[] } }[] };
    };
    const lists = set.spec.generators.flatMap((each) =>
      each.matrix.generators.flatMap((one) => one.list?.elements ?? []),
    );

    expect(lists.map((each) => each.deploy)).toEqual(names);
  });

  it('lets no application or object go because the application set finds less than before', () => {
    const { spec } = parse(text('argocd/applicationsets/apps.yaml')) as {
      spec: { syncPolicy: object; template: { spec: { syncPolicy: { automated: object } } } };
    };

    expect(spec.syncPolicy).toEqual({ applicationsSync: 'create-update', preserveResourcesOnDeletion: true });
    expect(spec.template.spec.syncPolicy.automated).not.toHaveProperty('allowEmpty');
  });

  it('gives Argo CD the same cluster for every environment, and each a project', () => {
    const settings = text('argocd/settings/settings.env');

    for (const { name, cluster } of environments) {
      expect(settings).toContain(`\ncluster-${name}=${cluster}\n`);
      expect(text(`argocd/projects/${name}.yaml`)).toContain(`name: apps-${name}`);
    }
  });
});

describe('the command lines', () => {
  it.each(['scripts/bin.js', 'packages/platform/bin.js'])('let an old Node say that it is old: %s', (file) => {
    // Whatever else is imported at once is linked before anything runs, and an old Node has not got it all.
    const imported = [...text(file).matchAll(/^import .*?'([^']+)'/gm)].map(([, from]) => from);

    expect(imported).toHaveLength(1);
    expect(imported[0]).toMatch(/require-node/);
  });
});

describe('the documentation', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/*.md')];
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };

  it.each(pages)('names in %s only scripts that exist', (page) => {
    const named = [
      ...text(page).matchAll(
        /pnpm (?:run )?(start|stop|test|test:\w+|deliver|promote|status|render|validate|check|lint|format|typecheck)\b/g,
      ),
    ];

    for (const [, script = ''] of named) expect(scripts).toHaveProperty([script]);
    for (const [, script = ''] of text(page).matchAll(/pnpm run ([a-z:0-9-]+)/g))
      expect(scripts).toHaveProperty([script]);
  });

  it.each(pages)('links in %s only to files that exist', (page) => {
    const folder = page.includes('/') ? 'docs/' : '';
    for (const [, target = ''] of text(page).matchAll(/\]\((?!https?:)([^)#]+)/g))
      expect(existsSync(folder + target), target).toBe(true);
  });

  it('shows a tree whose every entry exists', () => {
    const tree = /## The tree\n\n```\n([\s\S]*?)```/.exec(text('README.md'))?.[1] ?? '';
    let parent = '';
    for (const line of tree.trim().split('\n')) {
      const [, indent = '', name = ''] = /^( *)(\S+)/.exec(line) ?? [];
      if (indent === '') parent = name.endsWith('/') ? name : '';
      const path = (indent === '' ? name : parent + name).replace('<app>', 'storefront').replace('<env>', 'dev');
      expect(existsSync(path), path).toBe(true);
    }
  });
});
