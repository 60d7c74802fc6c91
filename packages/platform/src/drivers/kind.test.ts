import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { findCommand } from '../host-packages.ts';
import { createKindDriver } from './kind.ts';
import { clusterConfig } from './kind/cluster.ts';
import { createLab, type Lab } from './kind/testing/lab.ts';
import type { Driver } from './driver.ts';

const node = 'sluice-control-plane';
const registry = 'sluice-registry';

function driverOf({ host }: Lab): Driver {
  return createKindDriver(host.paths, host.settings, host.env);
}

/** A port of check() must be free, and the lab's stand-in for the registry holds one. */
function freeRegistryPort(lab: Lab): void {
  lab.host.settings.ports.registry = lab.host.settings.ports.router + 1;
}

describe('the kind driver, asked whether it fits', () => {
  it('accepts a machine where the engine and buildx answer', async () => {
    const lab = await createLab();
    freeRegistryPort(lab);

    await expect(driverOf(lab).check(lab.host)).resolves.toBeUndefined();

    expect(lab.calls().slice(0, 2)).toEqual(['docker info', 'docker buildx version']);
  });

  it('refuses a docker command without an engine, with what Docker said', async () => {
    const lab = await createLab();
    lab.change((world) => (world.engine = false));

    const error = await driverOf(lab)
      .check(lab.host)
      .catch((caught: unknown) => caught);

    expect(error).toMatchObject({
      message: '`docker info` ended with 1',
      hint: expect.stringMatching(
        /^Cannot connect to the Docker daemon.*\nstart the Docker engine[^]*--driver embedded/,
      ),
    });
  });

  it('refuses an engine without buildx', async () => {
    const lab = await createLab();
    lab.change((world) => (world.buildx = false));

    await expect(driverOf(lab).check(lab.host)).rejects.toMatchObject({
      message: '`docker buildx version` ended with 1',
      hint: expect.stringContaining('install the buildx plugin'),
    });
  });

  // The system's folders are searched as well, so a machine that has the command cannot lack it.
  it.runIf(findCommand('kind', {}) === undefined)('refuses a machine without the command kind', async () => {
    const lab = await createLab(['docker']);

    await expect(driverOf(lab).check(lab.host)).rejects.toThrow('needs the command kind, which is not on PATH');
  });

  it('refuses a port that another process holds, and not one that its own container holds', async () => {
    const lab = await createLab();
    freeRegistryPort(lab);
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void holder.close());
    lab.host.settings.ports.router = (holder.address() as AddressInfo).port;

    await expect(driverOf(lab).check(lab.host)).rejects.toThrow(`(ports.router) is held by process ${process.pid}`);

    lab.change((world) => (world.containers[node] = { running: true, labels: {}, networks: [] }));
    await expect(driverOf(lab).check(lab.host)).resolves.toBeUndefined();
  });

  it('refuses a Docker that has the platform of another state folder', async () => {
    const lab = await createLab();
    const labels = { 'sluice.state': '/other/state' };
    lab.change((world) => (world.containers[registry] = { running: true, labels, networks: [] }));

    await expect(driverOf(lab).check(lab.host)).rejects.toMatchObject({
      message: 'this Docker has a platform already, with the state folder /other/state',
      hint: 'remove that one first: SLUICE_STATE=/other/state pnpm stop --purge',
    });
  });
});

describe('the kind driver, brought up', () => {
  it('makes the registry and the cluster, and has the node pull from the registry', async () => {
    const lab = await createLab();
    const { registry: port, router } = lab.host.settings.ports;

    await driverOf(lab).up(lab.host);

    const world = lab.world();
    expect(world.clusters).toEqual(['sluice']);
    expect(world.containers[registry]?.networks).toEqual(['bridge', 'sluice']);
    expect(world.files).toEqual({
      [`${node}:/etc/containerd/certs.d/127.0.0.1:${port}/hosts.toml`]: '[host."http://sluice-registry:5000"]\n',
    });
    const calls = lab.calls().join('\n');
    expect(calls).toContain(
      `--publish=127.0.0.1:${port}:5000 --volume=sluice-registry:/var/lib/registry registry:3.0.0`,
    );
    expect(calls).toContain(`hostPort: ${router}`);
  });

  it('writes a kubeconfig for its owner alone, with the context that every driver has', async () => {
    const lab = await createLab();
    const driver = driverOf(lab);

    await driver.up(lab.host);

    expect(statSync(driver.kubeconfig).mode & 0o777).toBe(0o600);
    expect(parse(readFileSync(driver.kubeconfig, 'utf8'))).toMatchObject({
      'current-context': driver.context,
      contexts: [{ name: driver.context, context: { cluster: driver.context, user: driver.context } }],
      clusters: [{ name: driver.context, cluster: { server: 'https://127.0.0.1:36443' } }],
    });
    expect(existsSync(join(lab.host.paths.bin, 'kubectl'))).toBe(true);
  });

  it("takes kubeadm's CoreDNS away once, and not the one that the platform applies", async () => {
    const lab = await createLab();
    const driver = driverOf(lab);

    await driver.up(lab.host);
    expect(lab.world().dns).toBe('');
    lab.change((world) => (world.dns = '127.0.0.1:5000/platform/coredns:1.0'));
    await driver.up(lab.host);

    expect(lab.world().dns).toBe('127.0.0.1:5000/platform/coredns:1.0');
  });

  it('changes nothing that is there already', async () => {
    const lab = await createLab();
    const driver = driverOf(lab);
    await driver.up(lab.host);
    lab.calls();
    const before = lab.world();

    await driver.up(lab.host);

    expect(lab.world()).toEqual(before);
    expect(
      lab.calls().filter((line) => /docker (run|rm|start)|network connect|kind (create|delete)/.test(line)),
    ).toEqual([]);
  });

  it('starts again what a stop has left, without making it anew', async () => {
    const lab = await createLab();
    const driver = driverOf(lab);
    await driver.up(lab.host);
    await driver.down(lab.host, { purge: 'none' });
    expect(await driver.isPresent(lab.host)).toBe(false);
    lab.calls();

    await driver.up(lab.host);

    expect(lab.calls().filter((line) => /^docker (run|start)|kind create/.test(line))).toEqual([
      `docker start ${registry}`,
      `docker start ${node}`,
    ]);
    expect(await driver.isPresent(lab.host)).toBe(true);
  });

  it('makes a cluster anew whose creation was interrupted', async () => {
    const lab = await createLab();
    lab.change((world) => {
      world.clusters = ['sluice'];
      world.containers[node] = { running: true, labels: {}, networks: ['sluice'] };
    });

    await mkdir(lab.host.paths.config, { recursive: true });
    await writeFile(join(lab.host.paths.config, 'kind-cluster'), 'creating\n');

    await driverOf(lab).up(lab.host);

    expect(lab.calls().filter((line) => /^kind (create|delete)/.test(line))).toEqual([
      'kind delete cluster --name sluice',
      expect.stringMatching(/^kind create cluster --name sluice --config - /),
    ]);
  });

  it('leaves a cluster of its name alone that somebody else has made, also in a purge', async () => {
    const lab = await createLab();
    lab.change((world) => {
      world.clusters = ['sluice'];
      world.containers[node] = { running: true, labels: {}, networks: ['kind'] };
    });

    await expect(driverOf(lab).up(lab.host)).rejects.toMatchObject({
      message: `kind has a cluster "sluice" that is not of the platform in ${lab.host.paths.state}`,
      hint: expect.stringContaining('kind delete cluster --name sluice'),
    });
    await driverOf(lab).down(lab.host, { purge: 'all' });
    expect(lab.world().clusters).toEqual(['sluice']);
  });

  it('leaves a cluster alone that was made with other settings, and says how to go on', async () => {
    const lab = await createLab();
    const driver = driverOf(lab);
    await driver.up(lab.host);
    lab.host.settings.ports.router += 1;

    await expect(driver.up(lab.host)).rejects.toMatchObject({
      message: 'the cluster "sluice" of kind was made with other settings than now',
      hint: expect.stringContaining('pnpm stop --purge'),
    });
    expect(lab.world().clusters).toEqual(['sluice']);
  });

  it('makes the registry anew when its settings have changed, with the same images', async () => {
    const lab = await createLab();
    const labels = { 'sluice.settings': 'registry:2 5000', 'sluice.state': lab.host.paths.state };
    lab.change((world) => (world.containers[registry] = { running: true, labels, networks: ['bridge'] }));

    await driverOf(lab).up(lab.host);

    const { port, labels: now } = { port: lab.host.settings.ports.registry, ...lab.world().containers[registry]! };
    expect(now['sluice.settings']).toBe(`registry:3.0.0 ${port}`);
    expect(lab.world().volumes).toEqual(['sluice-registry']);
  });

  it.each([
    {
      what: 'its port is taken',
      failing: 'docker run',
      code: 125,
      stderr: 'Bind for 127.0.0.1:5000 failed: port is already allocated.',
    },
    { what: 'its image cannot be had', failing: 'docker run', code: 125, stderr: 'Unable to find image: no such host' },
    {
      what: 'kind cannot make the cluster',
      failing: 'kind create',
      code: 1,
      stderr: 'ERROR: failed to create cluster',
    },
    { what: 'the node pulls no hosts.toml', failing: 'docker exec --interactive', code: 1, stderr: 'No such file' },
  ])('says what Docker said when $what, and completes at the next start', async ({ failing, code, stderr }) => {
    const lab = await createLab();
    const driver = driverOf(lab);
    lab.change((world) => (world.failing = { [failing]: { times: 1, code, stderr: `${stderr}\n` } }));

    const error = await driver.up(lab.host).catch((caught: unknown) => caught);

    expect(error).toMatchObject({
      message: expect.stringMatching(new RegExp(`^${failing.split(' ').slice(0, 2).join(' ')} .* ended with ${code}$`)),
      hint: expect.stringContaining(stderr),
    });
    await driver.up(lab.host);
    expect(lab.world().clusters).toEqual(['sluice']);
    expect(Object.keys(lab.world().files)).toHaveLength(1);
  });

  it('waits for a node that is not ready yet', async () => {
    const lab = await createLab();
    const notReady = { times: 2, code: 1, stderr: 'error: timed out waiting for the condition on nodes\n' };
    lab.change((world) => {
      world.failing = {
        [`docker exec ${node} kubectl --kubeconfig /etc/kubernetes/admin.conf wait`]: notReady,
      };
    });

    await driverOf(lab).up(lab.host);

    expect(lab.calls().filter((line) => line.includes(' wait '))).toHaveLength(3);
  });

  it("gives the IPv4 gateway of its network as this host's address", async () => {
    const lab = await createLab();
    const driver = driverOf(lab);
    await driver.up(lab.host);

    expect(await driver.hostAddress()).toBe('172.18.0.1');

    lab.change((world) => (world.gateway = ''));
    await expect(driver.hostAddress()).rejects.toThrow('has no IPv4 gateway');
  });
});

describe('the kind driver, taken down', () => {
  it.each(['data', 'all'] as const)('removes containers, volume and network on a purge (%s)', async (purge) => {
    const lab = await createLab();
    const driver = driverOf(lab);
    await driver.up(lab.host);

    await driver.down(lab.host, { purge });

    expect(lab.world()).toMatchObject({ containers: {}, clusters: [], networks: [], volumes: [] });
    expect(existsSync(driver.kubeconfig)).toBe(false);
  });

  it.each(['none', 'data'] as const)('is content where nothing is there (%s)', async (purge) => {
    const lab = await createLab();
    const before = lab.world();

    await driverOf(lab).down(lab.host, { purge });

    expect(lab.world()).toEqual(before);
  });
});

describe('the configuration for kind', () => {
  it('opens the router on 127.0.0.1 alone, and has containerd read certs.d', async () => {
    const { host } = await createLab();

    expect(parse(clusterConfig(host.settings))).toEqual({
      kind: 'Cluster',
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      networking: { serviceSubnet: '10.96.0.0/16' },
      containerdConfigPatches: [
        '[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"\n',
      ],
      nodes: [
        {
          role: 'control-plane',
          extraPortMappings: [
            {
              containerPort: host.settings.ports.router,
              hostPort: host.settings.ports.router,
              listenAddress: '127.0.0.1',
              protocol: 'TCP',
            },
          ],
        },
      ],
    });
  });
});
