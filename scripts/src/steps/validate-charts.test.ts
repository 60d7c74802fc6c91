import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool, stateFolder } from '@sluice/toolchain';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { validateTree, validTree } from '../../test/manifests.ts';
import { temporaryFolder } from '../../test/temporary.ts';
import { problemLines } from '../ui/problems.ts';
import { renderCharts } from './validate-charts.ts';

const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
const helm = (await findTool('helm', { root, state: stateFolder(process.env), env: process.env }))?.bin['helm'];

beforeEach(({ skip }) => skip(helm === undefined, 'helm has not been made yet; pnpm run tools helm makes it'));

const templates = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.3\n',
  'values.yaml': 'port: 80\n',
  'values.schema.json': '{"properties": {"port": {"type": "integer"}}}',
  'templates/service.yaml': `{{- if not (.Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget") }}{{ fail "for an old cluster" }}{{ end -}}
{{- if semverCompare "<1.36.3" .Capabilities.KubeVersion.Version }}{{ fail "for an older cluster" }}{{ end -}}
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
spec:
  {{- with .Values.extra }}{{ toYaml . | nindent 2 }}{{ end }}
  ports: [{port: {{ required "port is needed" .Values.port }}}]
`,
};

/** A repository with the chart `web` in version 1.2.3 on a port of this machine; gives its address. */
async function serveChart(): Promise<string> {
  const folder = await temporaryFolder();
  mkdirSync(join(folder, 'web/templates'), { recursive: true });
  for (const [path, text] of Object.entries(templates)) writeFileSync(join(folder, 'web', path), text);
  await run(helm ?? '', ['package', 'web'], { cwd: folder });
  await run(helm ?? '', ['repo', 'index', '.'], { cwd: folder });
  const server = createServer(({ url }, response) => {
    response.end(readFileSync(join(folder, url === '/index.yaml' ? 'index.yaml' : 'web-1.2.3.tgz')));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What is said of a cluster `one` that has the chart in a version, with values of every cluster and of its own. */
async function saidOf({ version = '1.2.3', values = '', own = '' }): Promise<string> {
  const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: router}
spec:
  project: infrastructure
  sources:
    - repoURL: ${await serveChart()}
      chart: web
      targetRevision: ${version}
      helm:
        ignoreMissingValueFiles: true
        valueFiles: [$repository/infrastructure/web/values.yaml, $repository/infrastructure/clusters/one/values/web.yaml]
  destination: {namespace: web}
`;
  const files = validTree(
    new Map([
      ['infrastructure/local/tools.yaml', 'tools: {kubernetes: {version: 1.36.3}}\n'],
      ['infrastructure/clusters/one/router.yaml', application],
      ['infrastructure/web/values.yaml', values],
      ...(own === '' ? [] : [['infrastructure/clusters/one/values/web.yaml', own] as const]),
    ]),
  );
  const { problems } = await validateTree(files, { charts: (all) => renderCharts(root, process.env, all) });
  return problemLines(problems);
}

it('says nothing of a chart that takes its values', async () => {
  expect(await saidOf({ values: 'port: 81\n' })).toBe('');
});

it('says in the file of the application which field a value makes that Kubernetes does not know', async () => {
  expect(await saidOf({ values: 'extra: {selectors: {a: b}}\n' })).toMatch(
    /^infrastructure\/clusters\/one\/router\.yaml:1 schema .*\n {2}Service\/router: unknown field "selectors" \(did you mean "selector"\?\)/,
  );
});

it('takes the values of the cluster last, and says what helm says of them', async () => {
  expect(await saidOf({ values: 'port: 81\n', own: 'port: null\n' })).toMatch(
    /^infrastructure\/clusters\/one\/router\.yaml:1 render .*\n.*helm template: .*port is needed/,
  );
});

it('says which value the chart refuses', async () => {
  expect(await saidOf({ values: 'port: eighty\n' })).toMatch(/router\.yaml:1 render .*\n.*helm lint: .*port.*integer/s);
});

it('says of a version that is not there that it is not', async () => {
  expect(await saidOf({ version: '9.9.9' })).toMatch(
    /router\.yaml:1 render .*\n.*helm pull: .*"web" version "9.9.9" not found/,
  );
});
