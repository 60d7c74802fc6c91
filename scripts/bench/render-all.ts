import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kustomizePath } from '@sluice/kustomize';
import { createFleet } from '../test/fleet.ts';
import { bash, measure, type Benchmark } from './measure.ts';

const environments = ['dev', 'staging', 'prod'];

/** Every overlay of fifty apps, after an edit of one of them, beside loops over kustomize and all in one. */
export const renderAll: Benchmark = {
  name: 'render-all',
  question: 'How long does it take to render 50 apps in 3 environments?',
  async run() {
    const fleet = await createFleet({ apps: 50 });
    const { clone, env, bin, folder } = fleet;
    const kustomize = await kustomizePath();
    const render = {
      command: process.execPath,
      args: [bin, 'render', '--all', '--out', join(folder, 'out')],
      cwd: clone,
      env,
    };
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: clone, env, encoding: 'utf8' });
    const cold = await measure(5, () => {
      execFileSync('rm', ['-rf', join(clone, '.git/sluice')]);
      return render;
    });
    const warm = await measure(10, async (run) => {
      await appendFile(join(clone, 'apps/app-0001/base/deployment.yaml'), `# ${run}\n`);
      git('commit', '--quiet', '--all', '--message', 'Edit');
      return render;
    });
    const overlays = 'apps/app-*/overlays/*';
    const loop = await measure(
      2,
      () => bash(`for each in ${overlays}; do "${kustomize}" build "$each" > /dev/null; done`, clone, env),
      0,
    );
    const parallel = await measure(
      2,
      () => bash(`printf '%s\\n' ${overlays} | xargs -P2 -n1 "${kustomize}" build > /dev/null`, clone, env),
      0,
    );
    const together = environments.map((environment) => join(clone, 'together', environment));
    for (const [index, path] of together.entries()) {
      for (const app of fleet.apps) {
        // Names are equal from app to app: in one build each needs the namespace that it has in a cluster.
        const overlay = `namespace: ${app}\nresources:\n  - ../../../apps/${app}/overlays/${environments[index]}\n`;
        await mkdir(join(path, app), { recursive: true });
        await writeFile(join(path, app, 'kustomization.yaml'), overlay);
      }
      await writeFile(
        join(path, 'kustomization.yaml'),
        `resources:\n${fleet.apps.map((app) => `  - ${app}\n`).join('')}`,
      );
    }
    const big = await measure(
      2,
      () => bash(`for each in ${together.join(' ')}; do "${kustomize}" build "$each" > /dev/null; done`, clone, env),
      0,
    );
    await fleet.clear();
    return {
      rows: [
        { what: '`render --all`, one app edited since', figure: warm, budget: 400 },
        { what: '`render --all`, nothing kept', figure: cold, budget: 1000 },
        { what: '`kustomize build` in a loop', figure: loop },
        { what: '`xargs -P2 kustomize build`', figure: parallel },
        { what: '`kustomize build` of one kustomization for each environment', figure: big },
      ],
    };
  },
};
