import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canaryWeight, clusterAddress } from './cluster.ts';
import { createLab, eventually, measured, type Changes, type Lab, type Running } from './lab.ts';
import { cell, deliver, edited, opened, promote, type Cell } from './shop.ts';
import { followVersions, sendRequests, type Answers } from './traffic.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await createLab();
  await lab.pnpm('stop', '--purge');
  const { code, output } = await lab.pnpm('start');
  if (code !== 0) throw new Error(output.slice(-4000));
});

afterAll(async () => {
  await lab.pnpm('stop', '--purge');
  await lab.remove();
});

describe('recreate', () => {
  it('ends the old version before the new one comes, and answers nobody in between', async () => {
    await deliver(lab, strategyOf('orders', 'rolling', 'recreate'));
    const old = await tagOf('orders', 'dev');
    const following = followVersions(await clusterAddress(lab, 'orders-dev', 'orders'));
    await deliver(lab, touched('orders', 'recreated'));
    const now = await tagOf('orders', 'dev');
    // A request that nobody answered may still be waiting.
    await eventually('an answer of the new version', 30, async () => versions(following.seen()).includes(now));
    const seen = await following.stop();
    measured('recreate', describeAnswers(seen));

    expect([seen[0]?.from, seen.at(-1)?.from]).toEqual([old, now]);
    expect(versions(seen)).toEqual([old, now]);
    expect(failures(seen)).toBeGreaterThan(0);
  });

  it('leaves nothing that answers where the new version cannot start, says why, and goes back by itself', async () => {
    const good = await tagOf('orders', 'dev');
    const pushing = await startPush({
      [environmentOfOrders]: logLevel('debug', 'loud'),
      [overlayOfOrders]: (text) => `${text}${impatience}`,
    });
    const following = followVersions(await clusterAddress(lab, 'orders-dev', 'orders'));
    const { output } = await pushing.ended;
    await restored('orders', 'dev', good);
    await eventually('an answer', 30, async () => following.seen().at(-1)?.from === good);
    const seen = await following.stop();
    measured('recreate, and back', describeAnswers(seen));

    expect(output).toMatch(/orders \S+ in dev: failed, [^]*LOG_LEVEL[^]*\(exit 1\)/);
    expect([seen[0]?.from, versions(seen)]).toEqual([good, [good]]);
    expect(failures(seen)).toBeGreaterThan(0);
    const mended = {
      [environmentOfOrders]: logLevel('loud', 'debug'),
      [overlayOfOrders]: (text: string) => text.replace(impatience, ''),
    };
    expect((await lab.push(mended)).output).toContain('dev already runs everything');
  });
});

describe('blue-green', () => {
  it('switches everybody at once, and fails nobody', async () => {
    const old = await tagOf('catalog', 'dev');
    const following = followVersions(await clusterAddress(lab, 'catalog-dev', 'catalog'));
    await deliver(lab, touched('catalog', 'switched'));
    const seen = await following.stop();
    measured('blue-green', describeAnswers(seen));

    expect(seen.map(({ from }) => from)).toEqual([old, await tagOf('catalog', 'dev')]);
  });

  it('that waits for a person shows the new version to its preview alone, says so, and switches when told to', async () => {
    const old = await tagOf('catalog', 'dev');
    const following = followVersions(await clusterAddress(lab, 'catalog-dev', 'catalog'));
    const pushing = await startPush({
      [overlayOfCatalog]: (text) => `${text}${waitForPerson}`,
      ...touched('catalog', 'previewed'),
    });
    const previewed = await previewOf('catalog-dev', 'catalog', old);
    expect(versions(following.seen())).toEqual([old]);
    await eventually('the word that it waits', 30, async () =>
      pushing.output().includes('kubectl argo rollouts promote catalog -n catalog-dev'),
    );
    await goOn('catalog-dev', 'catalog');
    const { code, output } = await pushing.ended;
    const seen = await following.stop();
    measured('blue-green with a preview', describeAnswers(seen));

    expect(code, output).toBe(0);
    expect(output).toMatch(/\(exit 0\)\s*\n/);
    expect(await tagOf('catalog', 'dev')).toBe(previewed);
    expect(seen.map(({ from }) => from)).toEqual([old, previewed]);
  });

  it('is aborted before the switch without anybody noticing, and Git has the version before again', async () => {
    const old = await tagOf('catalog', 'dev');
    const following = followVersions(await clusterAddress(lab, 'catalog-dev', 'catalog'));
    const pushing = await startPush(touched('catalog', 'aborted'));
    await previewOf('catalog-dev', 'catalog', old);
    await abort('catalog-dev', 'catalog');
    const { output } = await pushing.ended;
    await restored('catalog', 'dev', old);
    const seen = await following.stop();
    measured('blue-green, aborted', describeAnswers(seen));

    expect(output).toMatch(/catalog \S+ in dev: aborted, [^]*\(exit 1\)/);
    expect(seen.map(({ from }) => from)).toEqual([old]);
    await deliver(lab, { [overlayOfCatalog]: (text) => text.replace(waitForPerson, '') });
  });
});

describe('canary-slow', () => {
  it('gives 5, 20 and 50 % to the new version, each judged before the next, and all to the old one when it is aborted', async () => {
    await deliver(lab, { ...strategyOf('storefront', 'canary', 'canary-slow'), ...withoutShorterSteps });
    // Without it every answer waits for what is not there, and the canary has too few to be judged by.
    expect((await promote(lab, 'catalog', 'staging')).code).toBe(0);
    expect((await promote(lab, 'storefront', 'staging')).code).toBe(0);
    const old = await tagOf('storefront', 'staging');
    const { promoting, next } = await startPromotion('slow');
    const following = followVersions(router, asUser);
    for (const [index, weight] of [5, 20, 50].entries()) {
      if (index > 0) await goOn('storefront-staging', 'storefront');
      await eventually(
        `the weight ${weight}`,
        180,
        async () => (await canaryWeight(lab, 'storefront-staging')) === weight,
      );
      await sharesAt(weight, next);
    }
    await abort('storefront-staging', 'storefront');
    const { code, output } = await promoting.ended;
    await restored('storefront', 'staging', old);
    const seen = await following.stop();
    measured('canary-slow, aborted at 50 %', `${total(seen)} requests, ${failures(seen)} failed`);

    expect(code, output).toBe(1);
    expect(output).toContain('aborted');
    expect(failures(seen)).toBe(0);
    expect((await sendRequests(lab, host, 500, '/version')).get(old)).toBe(500);
  });
});

describe('canary-header', () => {
  it('shows the new version to those who ask for it, before anybody else has a share of it', async () => {
    await deliver(lab, strategyOf('storefront', 'canary-slow', 'canary-header'));
    await opened(lab, 'storefront', 'staging');
    const users = followVersions(router, asUser);
    // What brings the strategy goes by its steps already.
    const bringing = lab.startPnpm('run', 'promote', 'storefront', '--to', 'staging', '--deadline', '1800');
    await goOn('storefront-staging', 'storefront');
    const brought = await bringing.ended;
    expect(brought.code, brought.output).toBe(0);
    await users.stop();
    const old = await tagOf('storefront', 'staging');
    const { promoting, next } = await startPromotion('header');
    const everybody = followVersions(router, asUser);
    await eventually('the new version by header', 120, async () => (await askByHeader(20)).get(next) === 20);

    expect(await askByHeader(500)).toEqual(new Map([[next, 500]]));
    expect(await sendRequests(lab, host, 500, '/version')).toEqual(new Map([[old, 500]]));
    expect(versions(everybody.seen())).toEqual([old]);

    await goOn('storefront-staging', 'storefront');
    await eventually('the weight 10', 60, async () => (await canaryWeight(lab, 'storefront-staging')) === 10);
    await sharesAt(10, next);
    expect(await askByHeader(500)).toEqual(new Map([[next, 500]]));

    const asking = followVersions(router, { ...asUser, headers: { host, ...header } });
    await abort('storefront-staging', 'storefront');
    const { code, output } = await promoting.ended;
    await restored('storefront', 'staging', old);
    await eventually('the old version by header', 60, async () => (await askByHeader(20)).get(old) === 20);
    const [seen, asked] = [await everybody.stop(), await asking.stop()];
    measured('canary-header, aborted at 10 %', `${total(seen)} requests, ${failures(seen)} failed`);
    measured('those who asked for it meanwhile', describeAnswers(asked));

    expect(code, output).toBe(1);
    expect(failures(seen)).toBe(0);
    // Until the old version has landed again they are answered by either.
    expect([versions(asked)[0], versions(asked).at(-1)]).toEqual([next, old]);
    expect(new Set(versions(asked)).size).toBe(2);
  });
});

const router = '127.0.0.1:8080';
const host = 'storefront.staging.localhost';
/** As users ask; what only the platform asks, as `/version`, no analysis counts. */
const asUser = { path: '/api/v1/hello', headers: { host } };
const header = { 'X-Canary': 'always' };

const waitForPerson = `  - target:
      kind: Rollout
    patch: |
      - op: replace
        path: /spec/strategy/blueGreen/autoPromotionEnabled
        value: false
`;

const environmentOfOrders = 'apps/orders/overlays/dev/environment.env';
const overlayOfCatalog = 'apps/catalog/overlays/dev/kustomization.yaml';
const overlayOfOrders = 'apps/orders/overlays/dev/kustomization.yaml';
const logLevel = (old: string, next: string) => (text: string) => text.replace(`LOG_LEVEL=${old}`, `LOG_LEVEL=${next}`);
/** What does not start counts as failed sooner than after the five minutes of the base. */
const impatience = `  - target:
      kind: Deployment
    patch: |
      - op: replace
        path: /spec/progressDeadlineSeconds
        value: 20
`;

/** Staging shortens the steps of a canary; here it takes them as they are. */
const withoutShorterSteps: Changes = {
  'apps/storefront/overlays/staging/kustomization.yaml': (text) =>
    text.replace(/ {2}- target:\n {6}kind: Rollout\n {4}path: steps\.patch\.yaml\n/, ''),
};

function strategyOf(app: string, old: string, next: string): Changes {
  return { 'gitops.config.yaml': (text) => text.replace(`${app}: {strategy: ${old}}`, `${app}: {strategy: ${next}}`) };
}

/** Another version of a service. */
function touched(service: string, mark: string): Changes {
  return { [`services/${service}/src/server.ts`]: (text) => `${text}\n// ${mark}\n` };
}

async function tagOf(app: string, environment: string): Promise<string> {
  const { release }: Cell = await cell(lab, app, environment);
  if (release === undefined) throw new Error(`${app} is not in ${environment}`);
  return release.tag;
}

async function startPush(changes: Changes): Promise<Running> {
  await lab.commit(changes);
  return lab.start('git', 'push', 'local', 'main');
}

/** Delivers another storefront, and begins to promote it to staging. */
async function startPromotion(mark: string): Promise<{ promoting: Running; next: string }> {
  await deliver(lab, edited(mark));
  await opened(lab, 'storefront', 'staging');
  const promoting = lab.startPnpm('run', 'promote', 'storefront', '--to', 'staging', '--deadline', '1800');
  return { promoting, next: await tagOf('storefront', 'dev') };
}

/** Waits until the preview answers with another version than the old one, and only with that; gives it. */
async function previewOf(namespace: string, app: string, old: string): Promise<string> {
  const preview = await clusterAddress(lab, namespace, `${app}-preview`);
  return eventually('the new version in its preview', 120, async () => {
    const looking = followVersions(preview);
    await eventually('two hundred answers', 20, async () => total(looking.seen()) >= 200);
    const [first, ...others] = await looking.stop();
    return others.length === 0 && first?.from !== old && first?.from;
  });
}

/** Waits for a pause and ends it by what `kubectl argo rollouts promote` writes. */
async function goOn(namespace: string, app: string): Promise<void> {
  await eventually(`a pause of ${app}`, 120, async () => {
    const { status } = await lab.json<{ status: { pauseConditions?: object[] } }>(
      '-n',
      namespace,
      'get',
      'rollout',
      app,
    );
    return (status.pauseConditions ?? []).length > 0;
  });
  await patchStatus(namespace, app, { pauseConditions: null });
}

/** What `kubectl argo rollouts abort` writes. */
async function abort(namespace: string, app: string): Promise<void> {
  await patchStatus(namespace, app, { abort: true });
}

async function patchStatus(namespace: string, app: string, status: object): Promise<void> {
  const patch = JSON.stringify({ status });
  await lab.kubectl(
    '-n',
    namespace,
    'patch',
    'rollout',
    app,
    '--subresource=status',
    '--type=merge',
    `--patch=${patch}`,
  );
}

/** Waits until Git and the cluster have a version again, with nobody asking for it. */
async function restored(app: string, environment: string, tag: string): Promise<void> {
  const began = Date.now();
  await eventually('the state before in Git', 60, async () => (await tagOf(app, environment)) === tag);
  measured(`${app} restored in Git`, `${((Date.now() - began) / 1000).toFixed(0)} s`);
  await eventually('its verification', 120, async () => {
    const { record, health } = await cell(lab, app, environment);
    return record?.outcome.state === 'verified' && health === 'Healthy';
  });
}

/** Counts the share of a version among 2,000 answers, once the router has taken its weight. */
async function sharesAt(weight: number, version: string): Promise<void> {
  await eventually('the router to take it', 30, async () => {
    const few = (await sendRequests(lab, host, 200, '/version')).get(version) ?? 0;
    return few > weight;
  });
  const answers = await sendRequests(lab, host, 2000, '/version');
  const share = ((answers.get(version) ?? 0) / 2000) * 100;
  measured(`share at weight ${weight}`, `${share.toFixed(1)} % of 2000`);
  expect(answers.get('failed')).toBeUndefined();
  expect(Math.abs(share - weight)).toBeLessThanOrEqual(3);
}

/** How often each version answered requests that carry the header. */
async function askByHeader(count: number): Promise<Map<string, number>> {
  return sendRequests(lab, host, count, '/version', header);
}

/** Versions have a build number at their end; what failed has none. */
const version = /^[0-9a-f]{12}-\d+$/;

/** The versions that answered, in the order of their coming; one that comes again is there again. */
function versions(seen: readonly Answers[]): string[] {
  const answered = seen.map(({ from }) => from).filter((from) => version.test(from));
  return answered.filter((from, index) => from !== answered[index - 1]);
}

function total(seen: readonly Answers[]): number {
  return seen.reduce((sum, { times }) => sum + times, 0);
}

function failures(seen: readonly Answers[]): number {
  return total(seen.filter(({ from }) => !version.test(from)));
}

function describeAnswers(seen: readonly Answers[]): string {
  return seen.map(({ from, times }) => `${times} ${from}`).join(', ');
}
