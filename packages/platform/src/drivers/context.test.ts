import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createContextDriver } from './context.ts';
import { requireRegistry } from './context/refusals.ts';
import type { Driver } from './driver.ts';
import { createLab, type Lab } from './kind/testing/lab.ts';

interface Named {
  context?: string;
  cluster?: string;
  server?: string;
}

/** A lab whose home has a kubeconfig with one context, and a driver for it. */
async function createCluster(named: Named = {}, env: NodeJS.ProcessEnv = {}): Promise<Lab & { driver: Driver }> {
  const { context = 'team-lab', cluster = 'lab', server = 'https://192.0.2.7:6443' } = named;
  const lab = await createLab([]);
  mkdirSync(join(lab.folder, '.kube'));
  const config = {
    clusters: [{ name: cluster, cluster: { server, 'certificate-authority': 'ca.crt' } }],
    users: [{ name: 'me', user: { token: 't0ken', 'client-key': '/keys/me.key' } }],
    contexts: [{ name: context, context: { cluster, user: 'me' } }],
  };
  writeFileSync(join(lab.folder, '.kube/config'), JSON.stringify(config));
  Object.assign(lab.host.env, { SLUICE_REGISTRY: 'registry.test/team/sluice' }, env);
  return { ...lab, driver: createContextDriver(lab.host.paths, lab.host.settings, context, lab.host.env) };
}

describe('the context driver, asked whether it fits', () => {
  it('accepts a cluster with a registry, and calls nothing on it', async () => {
    const { driver, host } = await createCluster();

    await expect(driver.check(host)).resolves.toBeUndefined();
    expect(existsSync(host.paths.state)).toBe(false);
  });

  it.each([
    [{ context: 'prod' }, 'its context is prod'],
    [{ context: 'eu-PROD-1' }, 'its context is eu-PROD-1'],
    [{ cluster: 'gke_acme_live' }, 'its cluster is gke_acme_live'],
    [{ server: 'https://api.production.acme.test' }, 'its server is api.production.acme.test'],
  ])('refuses what looks like production: %j', async (named, why) => {
    const { driver, host } = await createCluster(named);

    await expect(driver.check(host)).rejects.toMatchObject({
      message: expect.stringContaining(`looks like production: ${why}`),
      exit: 'blocked',
    });
  });

  it.each(['product-lab', 'reproduce', 'nonprod', 'olive'])('takes %s for no production', async (context) => {
    const { driver, host } = await createCluster({ context });

    await expect(driver.check(host)).resolves.toBeUndefined();
  });

  it('lets exactly the named context through when forced, and no other', async () => {
    const forced = await createCluster({ context: 'prod' }, { SLUICE_FORCE_CONTEXT: 'prod' });
    await expect(forced.driver.check(forced.host)).resolves.toBeUndefined();

    const other = await createCluster({ context: 'prod' }, { SLUICE_FORCE_CONTEXT: '1' });
    await expect(other.driver.check(other.host)).rejects.toThrow('looks like production');
  });

  it('names the nearest context for one that is not there', async () => {
    const { host } = await createCluster();
    const driver = createContextDriver(host.paths, host.settings, 'team-lib', host.env);

    await expect(driver.check(host)).rejects.toThrow(
      'unknown kubeconfig context "team-lib" (did you mean "team-lab"?)',
    );
  });

  it('says where it looked for a kubeconfig', async () => {
    const { driver, host } = await createCluster({}, { KUBECONFIG: '/no/such/file' });

    await expect(driver.check(host)).rejects.toThrow('there is no kubeconfig at /no/such/file');
  });

  it('asks for a registry that the cluster can pull from', async () => {
    const { driver, host } = await createCluster({}, { SLUICE_REGISTRY: undefined });

    await expect(driver.check(host)).rejects.toMatchObject({
      message: 'the cluster of the context "team-lab" needs a registry that it can pull from',
      hint: expect.stringContaining('SLUICE_REGISTRY=<host>/<path> pnpm start --context team-lab'),
    });
  });

  it.each(['https://registry.test', 'registry.test/', 'registry.test/Team', '', ' ', 'a b', 'registry.test:x/y'])(
    'refuses "%s" as a registry',
    (registry) => {
      expect(() => requireRegistry('lab', registry)).toThrow(/registry/);
    },
  );

  it.each(['registry.test', '10.0.0.5:5000', 'localhost:5000', 'registry.test:8443/team/sub_path/a-b.c'])(
    'takes "%s" for a registry',
    (registry) => {
      expect(requireRegistry('lab', registry)).toBe(registry);
    },
  );
});

describe('the context driver, brought up', () => {
  it('copies the access under the name that every driver has, for its owner alone', async () => {
    const { driver, host, folder } = await createCluster();

    await driver.up(host);

    expect(statSync(driver.kubeconfig).mode & 0o777).toBe(0o600);
    expect(parse(readFileSync(driver.kubeconfig, 'utf8'))).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'in-cluster',
      clusters: [
        {
          name: 'in-cluster',
          cluster: { server: 'https://192.0.2.7:6443', 'certificate-authority': join(folder, '.kube/ca.crt') },
        },
      ],
      users: [{ name: 'in-cluster', user: { token: 't0ken', 'client-key': '/keys/me.key' } }],
      contexts: [{ name: 'in-cluster', context: { cluster: 'in-cluster', user: 'in-cluster' } }],
    });
  });

  it('remembers its registry for the next start and for stop', async () => {
    const { driver, host } = await createCluster();
    await driver.up(host);

    const next = createContextDriver(host.paths, host.settings, 'team-lab', { HOME: host.env['HOME'] });

    expect(next.registry).toBe('registry.test/team/sluice');
  });

  it('refuses an access that may not do everything', async () => {
    const { driver, host, command } = await createCluster();
    command('kubectl', '#!/bin/sh\necho no\nexit 1\n');

    await expect(driver.up(host)).rejects.toThrow('the context "team-lab" may not do everything on its cluster');
  });

  it('passes on what kubectl says of a cluster that does not answer', async () => {
    const { driver, host, command } = await createCluster();
    command('kubectl', "#!/bin/sh\necho 'Unable to connect to the server: i/o timeout' >&2\nexit 1\n");

    await expect(driver.up(host)).rejects.toMatchObject({ hint: expect.stringContaining('i/o timeout') });
  });

  it('pushes an image by skopeo and gives the digest that the registry has', async () => {
    const { driver, host, command, folder } = await createCluster();
    command(
      'skopeo',
      `#!/bin/bash
printf '%s\\n' "$@" > '${folder}/arguments'
for each; do case "$each" in --digestfile=*) echo sha256:abc > "\${each#*=}" ;; esac; done
`,
    );

    const published = await driver.publishImage(host, { archive: '/images/x.tar', name: 'platform/x', tag: '1' });

    expect(published).toEqual({ reference: 'registry.test/team/sluice/platform/x:1', digest: 'sha256:abc' });
    expect(readFileSync(join(folder, 'arguments'), 'utf8').trim().split('\n').slice(-2)).toEqual([
      'oci-archive:/images/x.tar',
      'docker://registry.test/team/sluice/platform/x:1',
    ]);
  });

  it('says how to log in when the registry refuses the push', async () => {
    const { driver, host, command } = await createCluster();
    command('skopeo', "#!/bin/sh\necho 'unauthorized: authentication required' >&2\nexit 1\n");

    await expect(driver.publishImage(host, { archive: 'x', name: 'x', tag: '1' })).rejects.toMatchObject({
      hint: expect.stringMatching(/unauthorized[^]*skopeo login registry\.test/),
    });
  });

  it('leaves the cluster as it is on a stop, and removes its own files on a purge', async () => {
    const { driver, host } = await createCluster();
    await driver.up(host);

    await driver.down(host, { purge: 'none' });
    expect(existsSync(driver.kubeconfig)).toBe(true);
    await driver.down(host, { purge: 'data' });

    expect(existsSync(driver.kubeconfig)).toBe(false);
    expect(await driver.isPresent(host)).toBe(false);
  });
});

describe("the context driver's address of this host", () => {
  it('is the one that was chosen', async () => {
    const { driver } = await createCluster({}, { SLUICE_HOST_ADDRESS: '192.0.2.9' });

    expect(await driver.hostAddress()).toBe('192.0.2.9');
  });

  it.each(['127.0.0.1', 'example', '::1'])('cannot be %s', async (address) => {
    const { driver, host } = await createCluster({}, { SLUICE_HOST_ADDRESS: address });

    await expect(driver.check(host)).rejects.toThrow(`SLUICE_HOST_ADDRESS is "${address}"`);
  });

  it('is asked for where the cluster is on the loopback', async () => {
    const { driver } = await createCluster({ server: 'https://127.0.0.1:6443' });

    await expect(driver.hostAddress()).rejects.toMatchObject({
      message: expect.stringContaining("on this machine's loopback"),
      hint: expect.stringContaining('SLUICE_HOST_ADDRESS='),
    });
  });
});
