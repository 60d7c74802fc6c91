import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { screenshot } from './browser.ts';
import { hostState, type HostState } from './host-state.ts';
import {
  canaryWeight,
  clusterAddress,
  podDigests,
  pods,
  reaches,
  readyPods,
  refreshed,
  replacePod,
  setAutomated,
} from './cluster.ts';
import { createLab, eventually, measured, type Finished, type Lab } from './lab.ts';
import { findProcess, startTime } from './processes.ts';
import { apps, cell, commitsSince, deliver, edited, opened, openingOf, promote, tail } from './shop.ts';
import { countsSince, keepAsking, routerCounts, sendRequests } from './traffic.ts';

let lab: Lab;
let before: HostState;

beforeAll(async () => {
  lab = await createLab();
  await lab.pnpm('stop', '--purge');
  before = await hostState(lab.state);
});

afterAll(async () => {
  await lab.pnpm('stop', '--purge');
  await lab.remove();
});

describe('pnpm start', () => {
  it('completes after it was killed at five stages', async () => {
    for (const stage of [/control plane/i, /node/i, /image/i, /Argo CD/i, /remote|deliver/i]) {
      const started = lab.startPnpm('start');
      await Promise.race([
        started.ended,
        eventually(`the stage ${stage}`, 1200, async () =>
          stage.test(started.output().replace(/^[\s\S]*?\nports.*\n/, '')),
        ),
      ]);
      const pid = await findProcess(['packages/platform/bin.js', 'start'], lab.clone);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await started.ended;
    }
    const { code, output, silence, seconds } = await lab.pnpm('start');
    measured('last of six starts', `${seconds.toFixed(0)} s, longest silence ${silence.toFixed(1)} s`);

    expect(code, output.slice(-4000)).toBe(0);
    expect(output).toContain('http://storefront.dev.localhost:8080');
    expect(output).toContain('http://argocd.localhost:8080');
  });

  it('leaves all three apps verified and Healthy in dev, and the page answering through the router', async () => {
    for (const app of apps)
      expect(await cell(lab, app, 'dev')).toMatchObject({
        health: 'Healthy',
        record: { outcome: { state: 'verified' } },
      });
    const page = await lab.get('storefront.dev.localhost', '/');

    expect(page.status).toBe(200);
    expect(page.body).toContain('<html');
  });

  it('brings dev back after a stop', async () => {
    await lab.pnpm('stop');
    const { code, seconds, output, silence } = await lab.pnpm('start');
    measured('start after stop', `${seconds.toFixed(0)} s, longest silence ${silence.toFixed(1)} s`);

    expect(code, output.slice(-4000)).toBe(0);
    for (const app of apps) expect(await cell(lab, app, 'dev')).toMatchObject({ health: 'Healthy' });
  });
});

describe('git push local main', () => {
  it('streams the pipeline to the pusher, ends with the outcome, and dev runs the new digest', async () => {
    const old = await cell(lab, 'storefront', 'dev');
    const pushed = await deliver(lab, edited('once'));
    measured(
      'push of one changed line to verified in dev',
      `${pushed.seconds.toFixed(0)} s, longest silence ${pushed.silence.toFixed(1)} s`,
    );
    const now = await cell(lab, 'storefront', 'dev');

    expect(pushed.output).toMatch(/remote: .*tests of services\/storefront/);
    expect(now.release?.digest).not.toBe(old.release?.digest);
    expect(await podDigests(lab, 'storefront-dev')).toEqual([now.release?.digest]);
    expect((await lab.get('storefront.dev.localhost', '/')).body).toContain('Edited once');
  });

  it('delivers all of three pushes that come while the first is under way', async () => {
    const old = await Promise.all(apps.map((app) => cell(lab, app, 'dev')));
    const comment = (text: string): string => `${text}\n// pushed while another run was under way\n`;
    const pushes: Promise<Finished>[] = [];
    for (const service of ['catalog', 'storefront', 'orders']) {
      const commit = await lab.commit({ [`services/${service}/src/server.ts`]: comment });
      pushes.push(lab.start('git', 'push', 'local', 'main').ended);
      await eventually(`the push of ${service}`, 30, async () => (await tail(lab, 'main')) === commit);
    }
    for (const { code, output } of await Promise.all(pushes)) expect(code, output).toBe(0);

    for (const [index, app] of apps.entries()) {
      const now = await cell(lab, app, 'dev');
      expect(now.release?.digest, app).not.toBe(old[index]?.release?.digest);
      expect(now, app).toMatchObject({ health: 'Healthy', waits: [] });
    }
  });

  it('migrates the database of orders before its pods come, which place an order once however often it is sent', async () => {
    const namespace = ['-n', 'orders-dev'];
    const job = await lab.json<{ status: { completionTime: string } }>(...namespace, 'get', 'job', 'orders-migrate');
    const running = await pods(lab, 'orders-dev', 'app.kubernetes.io/name=orders');
    for (const { metadata } of running) {
      expect(Date.parse(metadata.creationTimestamp)).toBeGreaterThanOrEqual(Date.parse(job.status.completionTime));
    }

    const send = async (): Promise<{ status: number; order: { id: string } }> => {
      const answer = await fetch(`http://${running[0]?.status.podIP}:8080/api/v1/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'one-order' },
        body: JSON.stringify({ lines: [{ productId: 'penstock', quantity: 1, unitPrice: 129_000 }] }),
      });
      return { status: answer.status, order: (await answer.json()) as { id: string } };
    };
    const first = await send();

    expect(first.status).toBe(201);
    expect(await send()).toEqual(first);
    const query = ['psql', '-U', 'postgres', '-tA', 'orders-dev', '-c', 'select id from orders'];
    expect((await lab.kubectl('-n', 'postgresql', 'exec', 'postgresql-0', '--', ...query)).trim()).toBe(first.order.id);
  });

  it('refuses other refs and a hand-made commit on a deploy branch, with the reason', async () => {
    const refusal = async (...args: string[]): Promise<string> =>
      (await lab.start('git', 'push', ...args).ended).output;
    const head = await tail(lab, 'deploy/staging');

    expect(await refusal('local', 'HEAD:refs/heads/feature')).toContain('git push local main');
    await lab.git('fetch', '--quiet', 'local');
    const tree = (await lab.git('rev-parse', 'local/main^{tree}')).trim();
    const commit = (await lab.git('commit-tree', '-p', 'local/deploy/staging', '-m', 'By hand', tree)).trim();
    expect(await refusal('local', `${commit}:refs/heads/deploy/staging`)).toContain('is no file that a release has');
    expect(await tail(lab, 'deploy/staging')).toBe(head);
  });
});

describe('pnpm run promote', () => {
  it('brings all three apps to staging in one commit', async () => {
    for (const app of apps) await opened(lab, app, 'staging');
    const start = await tail(lab, 'deploy/staging');
    const { code, output, seconds } = await lab.pnpm('run', 'promote', ...apps, '--to', 'staging');
    measured('promote three apps to staging', `${seconds.toFixed(0)} s`);

    expect(code, output).toBe(0);
    expect(await commitsSince(lab, 'deploy/staging', start)).toEqual([
      'Promote storefront, catalog, orders to staging',
    ]);
    for (const app of apps) {
      expect(await cell(lab, app, 'staging')).toMatchObject({
        health: 'Healthy',
        record: { outcome: { state: 'verified' } },
      });
    }
  });

  it('lets pods reach what a policy names, and nothing else, in the namespaces of the cluster as well', async () => {
    const [storefront] = await pods(lab, 'storefront-dev', 'app.kubernetes.io/name=storefront');
    const image = `--image=${storefront?.spec.containers[0]?.image ?? ''}`;
    const idle = ['/nodejs/bin/node', '-e', 'setInterval(() => {}, 60_000)'];
    await lab.kubectl('-n', 'default', 'run', 'stranger', image, '--command', '--', ...idle);
    await lab.kubectl('-n', 'default', 'wait', '--for=condition=Ready', 'pod/stranger', '--timeout=60s');

    const app = (address: string): Promise<boolean> =>
      reaches(lab, 'storefront-dev', storefront?.metadata.name ?? '', address);
    const stranger = (address: string): Promise<boolean> => reaches(lab, 'default', 'stranger', address);
    expect({
      'its own catalog': await app('http://catalog.catalog-dev/livez'),
      'the catalog of staging': await app('http://catalog.catalog-staging/livez'),
      Prometheus: await app('http://prometheus.monitoring:9090/-/ready'),
    }).toEqual({ 'its own catalog': true, 'the catalog of staging': false, Prometheus: false });
    expect({
      'Argo CD, open to all': await stranger('http://argocd-server.argocd/healthz'),
      'the catalog of dev': await stranger('http://catalog.catalog-dev/livez'),
      Prometheus: await stranger('http://prometheus.monitoring:9090/-/ready'),
      'the router for metrics': await stranger(`http://${await podAddress('traefik')}:9100/metrics`),
      'Argo Rollouts for metrics': await stranger(`http://${await podAddress('argo-rollouts')}:8090/metrics`),
    }).toEqual({
      'Argo CD, open to all': true,
      'the catalog of dev': false,
      Prometheus: false,
      'the router for metrics': false,
      'Argo Rollouts for metrics': false,
    });
    await lab.kubectl('-n', 'default', 'delete', 'pod', 'stranger', '--wait=false');

    async function podAddress(namespace: string): Promise<string> {
      return (await pods(lab, namespace))[0]?.status.podIP ?? '';
    }
  });

  it('lands nothing of a batch when one of its apps is held, and says which and why', async () => {
    for (const app of ['catalog', 'storefront']) await opened(lab, app, 'prod');
    const held = await lab.pnpm('run', 'hold', 'catalog', '--env', 'prod', '--reason', 'stock-taking');
    expect(held.code, held.output).toBe(0);
    const start = await tail(lab, 'deploy/prod');
    const { code, output } = await lab.pnpm('run', 'promote', 'catalog', 'storefront', '--to', 'prod');

    expect(code, output).toBe(3);
    expect(output).toMatch(/catalog: gate hold says pending: .*stock-taking/);
    expect(await tail(lab, 'deploy/prod')).toBe(start);
    const lifted = await lab.pnpm('run', 'hold', 'catalog', '--env', 'prod', '--reason', 'counted', '--lift');
    expect(lifted.code, lifted.output).toBe(0);
  });

  it('brings a first release of the storefront and what it calls to prod at the second that --explain named', async () => {
    const frozen = await lab.pnpm('run', 'freeze', '--env', 'prod', '--reason', 'lunch', '--until', '20s');
    expect(frozen.code, frozen.output).toBe(0);
    const opens = await openingOf(lab, ['catalog', 'storefront'], 'prod');
    const early = await lab.pnpm('run', 'promote', 'catalog', 'storefront', '--to', 'prod');
    expect(early.code, early.output).toBe(3);
    expect(early.output).toContain(`opens at ${new Date(opens).toISOString()}`);

    await eventually('the end of the freeze', 60, async () => Date.now() >= opens);
    const { code, output } = await lab.pnpm('run', 'promote', 'catalog', 'storefront', '--to', 'prod');
    expect(code, output).toBe(0);
  });

  it('shifts traffic in prod by the weights of the canary, judged by an analysis that succeeds', async () => {
    await deliver(lab, edited('twice'));
    expect((await promote(lab, 'storefront', 'staging')).code).toBe(0);
    const { release } = await cell(lab, 'storefront', 'staging');
    await opened(lab, 'storefront', 'prod');
    const promoting = lab.startPnpm('run', 'promote', 'storefront', '--to', 'prod');

    for (const weight of [10, 50]) {
      await eventually(
        `the weight ${weight}`,
        180,
        async () => (await canaryWeight(lab, 'storefront-prod')) === weight,
      );
      await eventually('the router to take it', 30, async () => {
        const share =
          ((await sendRequests(lab, 'storefront.localhost', 200, '/api/v1/hello')).get(release?.tag ?? '') ?? 0) / 200;
        return share > weight / 200;
      });
      const start = await routerCounts(lab, 'storefront-prod');
      const answers = await sendRequests(lab, 'storefront.localhost', 2000, '/version');
      const counts = countsSince(start, await routerCounts(lab, 'storefront-prod'));
      expect(await canaryWeight(lab, 'storefront-prod')).toBe(weight);
      const canary = counts.get('storefront-canary')?.all ?? 0;
      const all = canary + (counts.get('storefront')?.all ?? 0);
      const answered = ((answers.get(release?.tag ?? '') ?? 0) / 2000) * 100;
      measured(
        `share at weight ${weight}`,
        `${((canary / all) * 100).toFixed(1)} % of ${all} at the router, ${answered.toFixed(1)} % of 2000 by the answers`,
      );

      expect(Math.abs(answered - weight)).toBeLessThanOrEqual(3);
      expect(Math.abs((canary / all) * 100 - weight)).toBeLessThanOrEqual(3);
      expect(answers.get('failed')).toBeUndefined();
      if (weight === 50 && process.env['SLUICE_SCREENSHOTS'] !== undefined) {
        await screenshot(
          'http://storefront.localhost:8080/',
          join(process.env['SLUICE_SCREENSHOTS'], 'canary.png'),
          12_000,
        );
      }
    }
    const { code, output, seconds } = await promoting.ended;
    measured('promote storefront to prod, a canary', `${seconds.toFixed(0)} s`);
    expect(code, output).toBe(0);
    const runs = await lab.json<{ items: { status: { phase: string } }[] }>(
      '-n',
      'storefront-prod',
      'get',
      'analysisruns',
    );
    expect(runs.items.map((each) => each.status.phase)).toEqual(runs.items.map(() => 'Successful'));
    expect(runs.items.length).toBeGreaterThan(0);
  });

  it('ends with 1 and the metric when a version fails 30 % of its requests, while the stable pods answer all of theirs and can be replaced', async () => {
    const config = 'services/storefront/src/config.ts';
    const base = 'apps/storefront/base/kustomization.yaml';
    const good = await cell(lab, 'storefront', 'prod');
    await deliver(lab, {
      [config]: (text) => text.replace('defaultErrorRate = 0;', 'defaultErrorRate = 0.3;'),
      [base]: (text) => text.replace('LOG_LEVEL=info', 'LOG_LEVEL=debug'),
    });
    expect((await promote(lab, 'storefront', 'staging')).code).toBe(0);
    await opened(lab, 'storefront', 'prod');
    const start = await routerCounts(lab, 'storefront-prod');
    const promoting = lab.startPnpm('run', 'promote', 'storefront', '--to', 'prod');
    await eventually('the canary', 120, async () => (await canaryWeight(lab, 'storefront-prod')) > 0);
    await replacePod(lab, 'storefront-prod', good.release?.digest ?? '');
    const { code, output, seconds } = await promoting.ended;
    measured('abort of a bad canary', `${seconds.toFixed(0)} s`);
    const stable = countsSince(start, await routerCounts(lab, 'storefront-prod')).get('storefront');

    expect(code, output).toBe(1);
    expect(output).toMatch(/aborted.*metric success-share 0\.\d+ \(Failed\)/);
    expect(stable?.all).toBeGreaterThan(0);
    expect(stable?.failed).toBe(0);
    const history = await lab.pnpm('run', 'history', 'storefront', '--env', 'prod', '--json');
    expect(history.output).toContain('"state": "aborted"');
    expect(await podDigests(lab, 'storefront-prod')).toContain(good.release?.digest);
    await replacePod(lab, 'storefront-prod', good.release?.digest ?? '');
  });

  it('restores in Git what was verified before a canary aborted, with nobody watching, and quarantines what was not', async () => {
    const bad = await cell(lab, 'storefront', 'staging');
    const began = Date.now();
    await eventually('the state before', 60, async () => {
      const { release } = await cell(lab, 'storefront', 'prod');
      return release?.digest !== bad.release?.digest;
    });
    measured('from promote’s end to the state before in Git', `${((Date.now() - began) / 1000).toFixed(0)} s`);
    await eventually('its verification', 120, async () => {
      const { record, health } = await cell(lab, 'storefront', 'prod');
      return record?.outcome.state === 'verified' && health === 'Healthy';
    });
    const again = await lab.pnpm('run', 'promote', 'storefront', '--to', 'prod');

    expect(again.code, again.output).toBe(3);
    expect(again.output).toContain('is in quarantine in prod');

    const config = 'services/storefront/src/config.ts';
    await deliver(lab, { [config]: (text) => text.replace('defaultErrorRate = 0.3;', 'defaultErrorRate = 0;') });
    const mended = await promote(lab, 'storefront', 'staging');
    expect(mended.code, mended.output).toBe(0);
  });

  it('records what became of a promotion that was killed right after its landing', async () => {
    await opened(lab, 'orders', 'prod');
    const promoting = lab.startPnpm('run', 'promote', 'orders', '--to', 'prod');
    await eventually('the landing', 60, async () => promoting.output().includes('landed '));
    const pid = await findProcess(['scripts/bin.js', 'promote'], lab.clone);
    if (pid === undefined) throw new Error(`promote has ended: ${promoting.output()}`);
    process.kill(pid, 'SIGKILL');
    expect((await promoting.ended).code).not.toBe(0);

    await eventually('the record', 90, async () => {
      const { record, release } = await cell(lab, 'orders', 'prod');
      return release !== undefined && record?.outcome.state === 'verified';
    });
  });

  it('rolls back under a promotion that waits, which ends with 4, and does not bring the release back by itself', async () => {
    const good = await cell(lab, 'storefront', 'prod');
    await opened(lab, 'storefront', 'prod');
    const promoting = lab.startPnpm('run', 'promote', 'storefront', '--to', 'prod');
    await eventually('the canary', 120, async () => (await canaryWeight(lab, 'storefront-prod')) > 0);
    const why = ['--hold-for', '20s', '--reason', 'wrong prices'];
    const { code, output, seconds } = await lab.pnpm('run', 'rollback', 'storefront', '--env', 'prod', ...why);
    measured('rollback of a canary, from the command to verified', `${seconds.toFixed(0)} s`);
    const overtaken = await promoting.ended;

    expect(code, output).toBe(0);
    expect(overtaken.code, overtaken.output).toBe(4);
    const answers = await sendRequests(lab, 'storefront.localhost', 200, '/version');
    expect([...answers.keys()]).toEqual([good.release?.tag]);

    const auto = (text: string): string => text.replace('    production: true', '    auto: true\n    production: true');
    expect((await lab.push({ 'gitops.config.yaml': auto })).code).toBe(0);
    const waits = await eventually('the end of the hold', 60, async () => {
      const { stops, waits } = await cell(lab, 'storefront', 'prod');
      return stops.every((each) => !each.startsWith('held ')) && waits;
    });
    const looks = Date.now() + 25_000;
    await eventually('two looks of the reconciler', 60, async () => Date.now() > looks);
    expect(waits).toContain(
      'not by itself, since it has left here before: pnpm run promote storefront --to prod brings it',
    );
    expect((await cell(lab, 'storefront', 'prod')).release).toMatchObject({ digest: good.release?.digest });
    const asked = (text: string): string => text.replace('    auto: true\n', '');
    expect((await lab.push({ 'gitops.config.yaml': asked })).code).toBe(0);
  });

  it('leaves later environments alone when a base and an overlay are edited, and brings both with the promotion', async () => {
    const [staging, prod] = [await tail(lab, 'deploy/staging'), await tail(lab, 'deploy/prod')];
    await deliver(lab, {
      'apps/storefront/base/deployment.yaml': (text) => text.replace(/memory: 128Mi/, 'memory: 136Mi'),
      'apps/storefront/overlays/staging/environment.env': (text) => `${text}EDITED=yes\n`,
    });

    expect([await tail(lab, 'deploy/staging'), await tail(lab, 'deploy/prod')]).toEqual([staging, prod]);
    expect((await cell(lab, 'storefront', 'staging')).waits).toEqual([
      expect.stringMatching(/from dev \(.*base\)/),
      'overlay edit',
    ]);
    expect((await promote(lab, 'storefront', 'staging')).code).toBe(0);
    const manifests = await lab.git('show', 'local/deploy/staging:storefront/manifests.yaml').catch(async () => {
      await lab.git('fetch', '--quiet', 'local');
      return lab.git('show', 'local/deploy/staging:storefront/manifests.yaml');
    });
    expect(manifests).toContain('memory: 136Mi');
    expect(manifests).toContain('EDITED: "yes"');
    expect((await cell(lab, 'storefront', 'staging')).waits).toEqual([]);
  });
});

describe('an app', () => {
  it('answers every request while twenty rolling updates replace its pods', async () => {
    const namespace = ['-n', 'orders-dev'];
    const load = keepAsking(`http://${await clusterAddress(lab, 'orders-dev', 'orders')}/version`, 4);
    const began = Date.now();
    try {
      for (let update = 1; update <= 20; update++) {
        await lab.kubectl(...namespace, 'rollout', 'restart', 'deployment/orders');
        await lab.kubectl(...namespace, 'rollout', 'status', 'deployment/orders', '--timeout=120s');
      }
    } finally {
      const { sent, failures } = await load.stop();
      measured(
        'twenty rolling updates',
        `${((Date.now() - began) / 1000).toFixed(0)} s, ${sent} requests, ${failures.size} kinds of failure`,
      );
      expect(failures).toEqual(new Map());
      expect(sent).toBeGreaterThan(1000);
    }
  });

  it('has a second pod while its load asks for one, which a drain leaves there as long as the first has no successor', async () => {
    const namespace = ['-n', 'catalog-dev'];
    const load = keepAsking(`http://${await clusterAddress(lab, 'catalog-dev', 'catalog')}/api/v1/products`, 16);
    const began = Date.now();
    try {
      await eventually('a second Ready pod of catalog', 180, async () => (await readyPods(lab, 'catalog-dev')) === 2);
    } finally {
      await load.stop();
    }
    measured('from load to a second pod', `${((Date.now() - began) / 1000).toFixed(0)} s`);
    const { status } = await lab.json<{ status: { sync: { status: string } } }>(
      '-n',
      'argocd',
      'get',
      'application',
      'catalog-dev',
    );
    expect(status.sync.status).toBe('Synced');

    const node = (await lab.kubectl('get', 'nodes', '-o', 'name')).trim().replace('node/', '');
    const selector = '--pod-selector=app.kubernetes.io/name=catalog,environment=dev';
    const drained = lab.kubectl('drain', node, selector, '--delete-emptydir-data', '--timeout=25s');
    await expect(drained).rejects.toThrow("would violate the pod's disruption budget");
    expect(await readyPods(lab, 'catalog-dev')).toBe(1);
    await lab.kubectl('uncordon', node);
    await eventually('both pods', 90, async () => (await readyPods(lab, 'catalog-dev')) === 2);
    await lab.kubectl(...namespace, 'wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s');
  });

  it('that `new service` has written is delivered to dev as it is, and answers there', async () => {
    const written = await lab.pnpm('run', 'new', 'service', 'payments');
    expect(written.code, written.output).toBe(0);
    await lab.git('add', '--all');
    await lab.git('commit', '--quiet', '--message', 'Add payments');
    const pushed = await lab.start('git', 'push', 'local', 'main').ended;
    measured('a new service in dev', `${pushed.seconds.toFixed(0)} s`);

    // With the others, whose images have the same lockfile.
    expect(pushed.output).toMatch(/delivered .*\bpayments\b.* to dev \(exit 0\)\s*\n/);
    const { release, health, record } = await cell(lab, 'payments', 'dev');
    expect({ health, outcome: record?.outcome.state }).toEqual({ health: 'Healthy', outcome: 'verified' });
    const answer = await fetch(`http://${await clusterAddress(lab, 'payments-dev', 'payments')}/version`);
    expect(await answer.json()).toMatchObject({ service: 'payments', version: release?.tag });
  });

  it('that a node has no room for is said to be so, with what is missing', async () => {
    const { status } = await lab.json<{ status: { images: { names: string[] }[] } }>('get', 'node', 'sluice');
    const pause = status.images.flatMap(({ names }) => names).find((name) => /pause/.test(name)) ?? '';
    const patch = 'apps/storefront/overlays/staging/steps.patch.yaml';
    const larger = ['requests', 'limits'].map(
      (kind) => `- op: replace\n  path: /spec/template/spec/containers/0/resources/${kind}/cpu\n  value: "1"\n`,
    );
    const filler = {
      spec: { containers: [{ name: 'filler', image: pause, resources: { requests: { cpu: '900m' } } }] },
    };
    await lab.kubectl('run', 'filler', `--image=${pause}`, `--overrides=${JSON.stringify(filler)}`);
    try {
      expect((await lab.push({ [patch]: (text) => `${text}${larger.join('')}` })).code).toBe(0);
      const { code, output } = await lab.pnpm(
        'run',
        'reconfigure',
        'storefront',
        '--env',
        'staging',
        '--deadline',
        '45',
      );
      expect(code, output).not.toBe(0);
      expect(output).toMatch(/cannot be scheduled: .*Insufficient cpu/);
    } finally {
      await lab.kubectl('delete', 'pod', 'filler', '--wait=false');
    }
    expect((await lab.push({ [patch]: (text) => text.replace(larger.join(''), '') })).code).toBe(0);
    const again = await lab.pnpm('run', 'reconfigure', 'storefront', '--env', 'staging');
    expect(again.code, again.output).toBe(0);
  });
});

describe('the cluster', () => {
  it('refuses a tag that somebody sets by hand, and undoes a count and a deletion', async () => {
    const namespace = ['-n', 'orders-dev'];
    const [digest] = await podDigests(lab, 'orders-dev');
    const tag = 'app=127.0.0.1:5000/orders:by-hand';
    await expect(lab.kubectl(...namespace, 'set', 'image', 'deployment/orders', tag)).rejects.toThrow(
      'not named by digest',
    );
    await lab.kubectl(...namespace, 'scale', 'deployment/orders', '--replicas=3');
    await lab.kubectl(...namespace, 'delete', 'poddisruptionbudget', 'orders');
    await eventually('what Git says', 120, async () => {
      const { spec } = await lab.json<{
        spec: { replicas: number; template: { spec: { containers: { image: string }[] } } };
      }>(...namespace, 'get', 'deployment', 'orders');
      await lab.kubectl(...namespace, 'get', 'poddisruptionbudget', 'orders');
      return spec.replicas === 1 && spec.template.spec.containers[0]?.image.endsWith(`@${digest}`);
    });
    await eventually('one pod of the release', 90, async () => (await readyPods(lab, 'orders-dev')) === 1);
    expect(await podDigests(lab, 'orders-dev')).toEqual([digest]);
  });

  it('leaves what is changed by hand while automatic sync is off, which stays off until somebody turns it on', async () => {
    const budget = ['-n', 'orders-dev', 'get', 'poddisruptionbudget', 'orders', '--output=name', '--ignore-not-found'];
    await setAutomated(lab, 'orders-dev', null);
    await lab.kubectl('-n', 'orders-dev', 'delete', 'poddisruptionbudget', 'orders');
    await refreshed(lab, 'applicationset/apps', 'argocd.argoproj.io/application-set-refresh=true');
    await refreshed(lab, 'application/orders-dev', 'argocd.argoproj.io/refresh=normal');
    const { spec, status } = await lab.json<{
      spec: { syncPolicy: { automated?: object } };
      status: { sync: { status: string } };
    }>('-n', 'argocd', 'get', 'application', 'orders-dev');

    const meanwhile = await lab.kubectl(...budget);
    await setAutomated(lab, 'orders-dev', { prune: true, selfHeal: true });

    expect(spec.syncPolicy.automated).toBeUndefined();
    expect(status.sync.status).toBe('OutOfSync');
    expect(meanwhile).toBe('');
    await eventually('the budget of Git', 60, async () => (await lab.kubectl(...budget)) !== '');
  });
});

describe('the platform', () => {
  it('shows the storefront Synced and Healthy in the web UI of Argo CD', async ({ skip }) => {
    const ui = (await lab.get('argocd.localhost', '/')).body;
    if (!ui.includes('<title>Argo CD</title>')) skip('this Argo CD was built without its web UI');
    if (!existsSync('/usr/bin/chromium')) skip('there is no /usr/bin/chromium');
    const password = (await readFile(join(lab.state, 'argocd-admin-password'), 'utf8')).trim();
    const folder = process.env['SLUICE_SCREENSHOTS'];
    const text = await screenshot(
      'http://argocd.localhost:8080/applications/argocd/storefront-dev?view=tree&resource=',
      folder === undefined ? undefined : join(folder, 'argocd.png'),
      5000,
      {
        user: 'admin',
        password,
      },
    );

    expect(text).toContain('storefront-dev');
    expect(text).toContain('Healthy');
    expect(text).toContain('Synced');
  });

  it('restarts what was killed, keeps apps Healthy, and delivers afterwards', async () => {
    for (const [name, words] of [
      ['kube-apiserver', ['kube-apiserver', '--etcd-servers']],
      ['the application controller', ['argocd-application-controller']],
      ['containerd', ['containerd', '--config']],
    ] as const) {
      const pid = await findProcess(words);
      if (pid === undefined) throw new Error(`no process of ${name}`);
      const old = await startTime(pid);
      process.kill(pid, 'SIGKILL');
      await eventually(`another process of ${name}`, 90, async () => {
        const next = await findProcess(words);
        return next !== undefined && (next !== pid || (await startTime(next)) !== old);
      });
      await eventually(
        `the cluster after ${name}`,
        90,
        async () => (await lab.kubectl('get', '--raw', '/readyz')) === 'ok',
      );
    }
    const supervisor = await findProcess(['supervisor'], lab.state);
    if (supervisor === undefined) throw new Error('no supervisor');
    process.kill(supervisor, 'SIGKILL');
    expect((await lab.pnpm('start')).code).toBe(0);
    expect(await findProcess(['supervisor'], lab.state)).not.toBe(supervisor);

    await eventually('Healthy apps', 120, async () => {
      for (const app of apps) if ((await cell(lab, app, 'dev')).health !== 'Healthy') return false;
      return true;
    });
    await deliver(lab, edited('after the kills'));
  });

  it('removes what a retired app had in every environment, and nothing else', async () => {
    const configured = (text: string): string => text.replace('  orders: {strategy: rolling}\n', '');
    expect((await lab.push({ 'gitops.config.yaml': configured })).code).toBe(0);
    const { code, output, seconds } = await lab.pnpm('run', 'retire', 'orders');
    measured('retire orders from three environments', `${seconds.toFixed(0)} s`);

    expect(code, output).toBe(0);
    const { items } = await lab.json<{ items: { metadata: { name: string } }[] }>(
      '-n',
      'argocd',
      'get',
      'applications',
    );
    const names = items.map(({ metadata }) => metadata.name);
    expect(names.filter((name) => name.startsWith('orders-'))).toEqual([]);
    expect(names).toContain('storefront-prod');
    for (const environment of ['dev', 'staging', 'prod']) {
      await eventually(
        'the end of its pods',
        60,
        async () => (await podDigests(lab, `orders-${environment}`)).length === 0,
      );
      expect(await podDigests(lab, `catalog-${environment}`)).not.toEqual([]);
    }
  });

  it('leaves the processes, mounts, links and rules as they were before the first start', async () => {
    const { code, output, seconds } = await lab.pnpm('stop');
    measured('stop', `${seconds.toFixed(0)} s`);

    expect(code, output).toBe(0);
    expect(await hostState(lab.state)).toEqual(before);
  });
});
