import { openHelm, type Cluster, type Helm } from '../adapters/helm.ts';
import { UserError } from '../core/errors.ts';
import type { Value } from '../core/diff/objects.ts';
import { chartsOf, type Chart } from '../core/validate/charts.ts';
import { textAt } from '../core/validate/fields.ts';
import { readObjects } from '../core/validate/read-objects.ts';
import schemas from '../core/validate/schemas.json' with { type: 'json' };
import type { Files } from '../core/validate/sources.ts';
import { parseYaml } from '../core/yaml.ts';
import type { Rendering } from './validate-builds.ts';

const pins = 'infrastructure/local/tools.yaml';

/**
 * What each chart of each cluster makes of its values. Only its fields are judged: its pods are upstream's, and a cluster's
 * own rules see them. One that cannot be fetched or rendered is a problem of its application's file.
 */
export async function renderCharts(root: string, env: NodeJS.ProcessEnv, files: Files): Promise<Rendering[]> {
  const helm = await openHelm(root, env);
  const tools = parseYaml(files.get(pins) ?? '', pins) as Value;
  const version = textAt(tools, 'tools', 'kubernetes', 'version') ?? '';
  const cluster = { version, kinds: Object.keys(schemas.kinds) };
  const renderings: Rendering[] = [];
  try {
    for (const chart of chartsOf(files)) {
      const { file } = chart;
      const folder = file.slice(0, file.lastIndexOf('/'));
      const made = await renderOne(helm, chart, files, cluster);
      renderings.push({
        app: undefined,
        environment: undefined,
        root: folder,
        file,
        raw: true,
        parts: () => [],
        ...made,
      });
    }
  } finally {
    await helm.close();
  }
  return renderings;
}

async function renderOne(
  helm: Helm,
  chart: Chart,
  files: Files,
  cluster: Cluster,
): Promise<Pick<Rendering, 'text' | 'failure'>> {
  try {
    const text = await helm.render(chart, files, cluster);
    readObjects(text, `what ${chart.name} renders to`);
    return { text };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { text: '', failure: error };
  }
}
