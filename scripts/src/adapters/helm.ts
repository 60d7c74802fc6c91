import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureTool, stateFolder } from '@sluice/toolchain';
import { UserError } from '../core/errors.ts';
import type { Chart } from '../core/validate/charts.ts';
import type { Files } from '../core/validate/sources.ts';
import { exec } from './exec.ts';
import { askToolchain } from './toolchain.ts';

/** What charts look at of a cluster: the version of Kubernetes, and kinds, each as `policy/v1 PodDisruptionBudget`. */
export interface Cluster {
  version: string;
  kinds: readonly string[];
}

/** The pinned helm with folders of its own, so that nothing that somebody has set up has a say. */
export interface Helm {
  /**
   * What a chart renders to with its values, for a cluster. Each chart is fetched once.
   * Throws UserError with what helm says of the chart or its values.
   */
  render(chart: Chart, files: Files, cluster: Cluster): Promise<string>;
  close(): Promise<void>;
}

/** Throws UserError where helm can be had from nowhere. */
export async function openHelm(root: string, env: NodeJS.ProcessEnv): Promise<Helm> {
  const { bin } = await askToolchain(() => ensureTool('helm', { root, state: stateFolder(env), env }));
  const program = bin['helm'] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'sluice-charts-'));
  const own = Object.fromEntries(['CACHE', 'CONFIG', 'DATA'].map((each) => [`HELM_${each}_HOME`, join(folder, each)]));
  const fetched = new Map<string, Promise<string>>();

  async function helm(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await exec(program, args, { nothrow: true, cwd: folder, env: { ...env, ...own } });
    if (code === 0) return stdout;
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => /^(\[ERROR\]|Error:)/.test(line));
    throw new UserError(`helm ${args[0]}: ${(lines[0] ?? stderr).replaceAll(`${folder}/`, '').trim()}`, {
      hint: 'correct the values, or the version in this file; fetching needs network',
    });
  }

  async function pull({ name, repository, version }: Chart): Promise<string> {
    const into = join(folder, String(fetched.size));
    const from = repository.includes('://') ? [name, '--repo', repository] : [`oci://${repository}/${name}`];
    await helm('pull', ...from, '--version', version, '--untar', '--untardir', into);
    return join(into, name);
  }

  return {
    async render(chart, files, { version, kinds }) {
      const key = [chart.repository, chart.name, chart.version].join(' ');
      if (!fetched.has(key)) fetched.set(key, pull(chart));
      const source = (await fetched.get(key)) ?? '';
      for (const path of chart.values) {
        await mkdir(join(folder, 'values', dirname(path)), { recursive: true });
        await writeFile(join(folder, 'values', path), files.get(path) ?? '');
      }
      const values = chart.values.flatMap((path) => ['--values', join(folder, 'values', path)]);
      const settings = ['--namespace', chart.namespace, '--kube-version', version, ...values];
      await helm('lint', source, '--quiet', ...settings);
      const apis = new Set(kinds.flatMap((kind) => [kind.split(' ')[0], kind.replace(' ', '/')]));
      // As Argo CD does, but for tests, which it would run.
      const asked = ['--include-crds', '--skip-tests', '--api-versions', [...apis].join(',')];
      return helm('template', chart.release, source, ...asked, ...settings);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
