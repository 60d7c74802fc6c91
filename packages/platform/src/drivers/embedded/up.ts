import { dirname, join } from 'node:path';
import { fullPath, findCommand } from '../../host-packages.ts';
import type { Host } from '../../platform.ts';
import { run } from '../../run.ts';
import { ensureProcesses, runningProcesses, waitReady } from '../../supervisor/client.ts';
import { createProcessFiles, type ProcessFiles } from '../../supervisor/files.ts';
import { linkTools } from '../../tools.ts';
import { until } from '../../wait.ts';
import { recordBefore } from './before.ts';
import { ensureCertificates } from './certificates.ts';
import { ensureCgroups } from './cgroups.ts';
import { clearHost, hasRemains } from './clean.ts';
import { controlPlaneSpecs, type SpecContext } from './control-plane-specs.ts';
import { writeKubeconfigs } from './kubeconfigs.ts';
import { createNodeLayout } from './layout.ts';
import { ensureNodeLink } from './links.ts';
import { writeNodeConfig } from './node-config.ts';
import { nodeSpecs, registrySpec } from './node-specs.ts';
import { revisionOf } from './revision.ts';
import { forgetReadiness } from './stale-pods.ts';

/** Registry, control plane and node, in this order; each part starts as soon as its tools are there. */
export async function up(host: Host): Promise<void> {
  const files = createProcessFiles(host.paths.processes);
  await prepareHost(host);
  const started = Math.floor(Date.now() / 1000) * 1000;
  const fresh = !runningProcesses(files).includes('kubelet');
  await startRegistry(host, files);
  await startControlPlane(host, files);
  if (fresh) await forgetReadiness(host);
  await startNode(host, files);
  await nodeReady(host, fresh ? started : 0);
}

async function prepareHost(host: Host): Promise<void> {
  const { paths, settings, progress } = host;
  if (await hasRemains(host)) {
    const step = progress.step('clearing what a killed platform left on the host');
    await clearHost(host);
    step.done();
  }
  const step = progress.step('host');
  await recordBefore(paths.before);
  await ensureNodeLink(settings, paths.state);
  await ensureCgroups();
  await ensureCertificates(paths, settings);
  await writeKubeconfigs(paths, settings);
  await writeNodeConfig(paths, settings, findCommand('runc', host.env) ?? '/usr/sbin/runc');
  step.done(`link ${settings.node.link} with ${settings.node.address}, certificates`);
}

async function startRegistry(host: Host, files: ProcessFiles): Promise<void> {
  const registry = await host.tool('registry');
  const spec = registrySpec(await specContext(host, registry.bin));
  await startAll(host, files, 'registry', [spec]);
}

async function startControlPlane(host: Host, files: ProcessFiles): Promise<void> {
  const kubernetes = await host.tool('kubernetes');
  const etcd = await host.tool('etcd');
  const context = await specContext(host, { ...kubernetes.bin, ...etcd.bin });
  await linkTools(host.paths.bin, { kubectl: kubernetes.bin['kubectl'] ?? '' });
  await startAll(host, files, 'control plane', controlPlaneSpecs(context));
}

async function startNode(host: Host, files: ProcessFiles): Promise<void> {
  const kubernetes = await host.tool('kubernetes');
  const containerd = await host.tool('containerd');
  const plugins = await host.tool('cni-plugins');
  const router = await host.tool('kube-router');
  await linkTools(createNodeLayout(host.paths).cniPlugins, plugins.bin);
  await kubectl(host, ['apply', '--server-side', '--filename', join(host.root, 'infrastructure/local/kube-router')]);
  const context = await specContext(host, { ...kubernetes.bin, ...containerd.bin, ...router.bin });
  await startAll(host, files, 'node', nodeSpecs(context));
}

async function startAll(
  host: Host,
  files: ProcessFiles,
  title: string,
  specs: ReturnType<typeof nodeSpecs>,
): Promise<void> {
  const step = host.progress.step(title);
  try {
    await ensureProcesses(files, specs);
    const names = specs.map((one) => one.name);
    await waitReady(files, names, { timeout: 120_000, signal: host.signal, update: (detail) => step.update(detail) });
    step.done(names.join(', '));
  } catch (error) {
    step.fail();
    throw error;
  }
}

/** The node object outlives a stop, so a node counts as ready only with a heartbeat since `since` (milliseconds). */
async function nodeReady(host: Host, since: number): Promise<void> {
  const step = host.progress.step('node ready');
  const path = '{range .status.conditions[?(@.type=="Ready")]}{.status} {.lastHeartbeatTime}{end}';
  await until(
    `readiness of node ${host.settings.node.name}`,
    async () => {
      const text = await kubectl(host, ['get', 'node', host.settings.node.name, '-o', `jsonpath=${path}`]);
      const [status, heartbeat] = text.split(' ');
      return status === 'True' && Date.parse(heartbeat ?? '') >= since ? true : undefined;
    },
    { timeout: 90_000, every: 250, signal: host.signal, hint: `see ${host.paths.logs}/kubelet.log` },
  );
  step.done();
}

/** Runs kubectl as admin. */
export async function kubectl(host: Host, args: readonly string[]): Promise<string> {
  const { bin } = await host.tool('kubernetes');
  return await run(bin['kubectl'] ?? 'kubectl', ['--kubeconfig', host.paths.kubeconfig, ...args], {
    signal: host.signal,
  });
}

async function specContext(host: Host, bin: Record<string, string>): Promise<SpecContext> {
  const folders = [...new Set(Object.values(bin).map((path) => dirname(path)))];
  const env = { PATH: [...folders, fullPath(host.env)].join(':'), HOME: host.paths.state };
  return { paths: host.paths, settings: host.settings, bin, env, revision: await revisionOf(host.paths) };
}
