import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ensureRemote } from './ensure-remote.ts';
import { deliverFirst, stopPipeline } from './pipeline.ts';
import { isGroupAlive } from './process-group.ts';
import { lastRun, readRun } from './runs.ts';
import { createLab, type Lab } from './test/lab.ts';
import { turnHolder } from './turn.ts';

/** The process of the delivery under way: what it says may come before its runner has written down which it is. */
async function deliveryOf({ layout }: Lab): Promise<number> {
  return vi.waitFor(async () => {
    const pid = (await lastRun(layout))?.delivery?.pid;
    if (pid === undefined) throw new Error('no delivery has been written down');
    return pid;
  }, 10_000);
}

describe('the pipeline behind a push to main', { timeout: 60_000 }, () => {
  let lab: Lab;
  /** The number that the next run will have. */
  let next = 1;
  /** The file that lets a delivery end that waits for it. */
  let go: string;
  const short = (commit: string): string => commit.slice(0, 12);
  const head = async (): Promise<string> => (await lab.git('rev-parse', 'HEAD')).trim();

  beforeAll(async () => void (lab = await createLab()), 60_000);
  beforeEach(async () => {
    await vi.waitUntil(async () => (await turnHolder(lab.layout.turns)) === undefined, 10_000);
    next = ((await lastRun(lab.layout))?.number ?? 0) + 1;
    go = join(lab.folder, `go-${next}`);
  });
  afterAll(async () => await lab.close());

  it('begins with the checkout, repeats a failed delivery at the next start, and has nothing to do after a good one', async () => {
    await lab.commit({ exit: 1, outcome: 'storefront failed its tests' });
    expect(await deliverFirst(lab.host)).toBe(1);
    expect(lab.notes.at(-1)).toBe('sluice: storefront failed its tests (exit 1)');
    expect(await deliverFirst(lab.host)).toBe(1);
    expect(await lastRun(lab.layout)).toMatchObject({ number: 2 });
    await lab.commit({ outcome: 'delivered' });
    await lab.push('local', 'main').ended;
    expect(await deliverFirst(lab.host)).toBe(6);
    expect(await lastRun(lab.layout)).toMatchObject({ number: 3, exit: 0 });
  });

  it('ends with the reason of who gives up during the first push, while the delivery goes on', async () => {
    const empty = await createLab();
    onTestFinished(async () => await empty.close());
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    onTestFinished(() => void process.off('unhandledRejection', unhandled));
    await empty.commit({ until: join(empty.folder, 'go') });
    const controller = new AbortController();

    const started = deliverFirst({ ...empty.host, signal: controller.signal });
    await vi.waitFor(() => expect(empty.notes).toContain('build 1'), 20_000);
    controller.abort(new Error('another lane failed'));

    await expect(started).rejects.toThrow('another lane failed');
    expect(unhandled).not.toHaveBeenCalled();
    expect(isGroupAlive(await deliveryOf(empty))).toBe(true);
  });

  it('comes back as it was where the checkout has something else, and says how that is brought', async () => {
    const said = async (): Promise<string> => {
      lab.notes.length = 0;
      await deliverFirst(lab.host);
      return lab.notes.join('\n');
    };
    const pushed = await lab.commit({ outcome: 'delivered' });
    await lab.push('local', 'main').ended;
    expect(await said()).toBe('');
    const newer = await lab.commit({ outcome: 'delivered' });
    expect(await said()).toBe(
      `this checkout is at ${short(newer)}, and the platform delivers ${short(pushed)} of main; git push local main brings the rest`,
    );
    await lab.git('reset', '--quiet', '--soft', `${pushed}~1`);
    await lab.git('commit', '--quiet', '--allow-empty', '--message', 'Another');
    expect(await said()).toContain(`which this checkout at ${short(await head())} does not have; pnpm stop --purge`);
    expect(await lastRun(lab.layout)).toMatchObject({ commit: pushed });
    await lab.git('reset', '--quiet', '--hard', newer);
  });

  it('streams the delivery to the pusher and ends with its outcome and exit code', async () => {
    const commit = await lab.commit({ lines: ['testing', 'building'], outcome: 'delivered storefront to dev' });
    const { code, lines } = await lab.push('local', 'main').ended;
    expect(code).toBe(0);
    expect(lines).toEqual([
      `sluice: run ${next} delivers main at ${short(commit)} (delivered storefront to dev)`,
      `build ${next}`,
      'testing',
      'building',
      'sluice: delivered storefront to dev (exit 0)',
    ]);
    const result = { number: next, commit, exit: 0, outcome: 'delivered storefront to dev' };
    expect(await lastRun(lab.layout)).toMatchObject(result);
  });

  it('says what an exit code means where the delivery itself says nothing', async () => {
    await lab.commit({ exit: 3 });
    const { code, lines } = await lab.push('local', 'main').ended;
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe('sluice: blocked by a gate (exit 3)');
  });

  it('gives the delivery an environment of its own, without what Git sets for a hook', async () => {
    const env = JSON.parse(await readFile(join(lab.layout.work, 'environment.json'), 'utf8')) as NodeJS.ProcessEnv;
    expect(Object.keys(env).filter((key) => /^GIT_(?!CONFIG_|SSL_)/.test(key))).toEqual([]);
    expect(env).toMatchObject({ KUBECONFIG: lab.host.driver.kubeconfig, SLUICE_STATE: lab.layout.state });
    const [node, bin] = env['PATH']?.split(':') ?? [];
    expect(existsSync(join(node ?? '', 'node'))).toBe(true);
    expect(bin).toBe(lab.host.paths.bin);
    expect(env['VITEST']).toBeUndefined();
  });

  it('queues a push behind the one that runs, and tells a superseded one which commit includes it', async () => {
    const first = await lab.commit({ until: go, outcome: 'first' });
    const one = lab.push('local', 'main');
    await one.said(/build/);
    const second = await lab.commit({ outcome: 'second' });
    const two = lab.push('local', 'main');
    await two.said(/waits for run/);
    const third = await lab.commit({ outcome: 'third' });
    const three = lab.push('local', 'main');
    await three.said(/waits for run/);
    await two.said(/\.\.\. waiting for run/);
    await writeFile(go, '');

    const [a, b, c] = await Promise.all([one.ended, two.ended, three.ended]);
    expect(a.lines.at(-1)).toBe('sluice: first (exit 0)');
    const waits = `sluice: ${short(second)} waits for run ${next} (main at ${short(first)}), running since `;
    expect(b.lines[0]?.startsWith(waits)).toBe(true);
    expect(b.lines).toContain(`sluice: ${short(second)} is superseded by ${short(third)}, whose delivery includes it`);
    expect(b.lines.at(-1)).toBe('sluice: third (exit 0)');
    expect(c.lines.at(-1)).toBe('sluice: third (exit 0)');
    expect(await lastRun(lab.layout)).toMatchObject({ number: next + 1, commit: third });
  });

  it('goes on when Ctrl-C ends the push', async () => {
    const commit = await lab.commit({ until: go, outcome: 'delivered' });
    const push = lab.push('local', 'main');
    await push.said(/build/);
    process.kill(-push.pid, 'SIGINT');
    expect((await push.ended).code).not.toBe(0);
    expect((await lastRun(lab.layout))?.exit).toBeUndefined();
    await writeFile(go, '');
    await vi.waitFor(async () => expect(await lastRun(lab.layout)).toMatchObject({ commit, exit: 0 }), 30_000);
  });

  it('delivers also what was pushed by somebody who left at once', async () => {
    const commit = await lab.commit({ outcome: 'delivered' });
    const push = lab.push('local', 'main');
    const isThere = async (): Promise<void> => expect(await lab.git('ls-remote', 'local', 'main')).toContain(commit);
    await vi.waitFor(isThere, { interval: 2, timeout: 10_000 });
    process.kill(-push.pid, 'SIGINT');
    await vi.waitFor(async () => expect(await lastRun(lab.layout)).toMatchObject({ commit, exit: 0 }), 30_000);
  });

  it('delivers also a push that ended before Git came to post-receive', async () => {
    const hook = join(lab.layout.repository, 'hooks', 'post-receive');
    const commit = await lab.commit({ outcome: 'delivered' });
    await chmod(hook, 0o644);
    await lab.push('local', 'main').ended;
    await vi.waitFor(async () => expect(await lastRun(lab.layout)).toMatchObject({ commit, exit: 0 }), 30_000);
    await chmod(hook, 0o755);
  });

  it('is followed by a start that finds it running', async () => {
    await lab.commit({ until: go, outcome: 'delivered' });
    const push = lab.push('local', 'main');
    await push.said(/build/);
    const started = deliverFirst(lab.host);
    await vi.waitFor(() => expect(lab.notes).toContain(`build ${next}`), 10_000);
    await writeFile(go, '');
    expect(await started).toBe(0);
    expect(await lastRun(lab.layout)).toMatchObject({ number: next });
    await push.ended;
  });

  it('says that its runner was killed and what to run next, and delivers again from there', async () => {
    await lab.commit({ until: go, outcome: 'delivered' });
    const push = lab.push('local', 'main');
    await push.said(/build/);
    const orphan = await deliveryOf(lab);
    const holder = await turnHolder(lab.layout.turns);
    expect(holder).toBeDefined();
    process.kill(holder!.pid, 'SIGKILL');
    const { lines } = await push.ended;
    expect(lines.join('\n')).toContain('was killed, so what became of the delivery is unknown');
    expect(lines.join('\n')).toContain('run `pnpm start` to have it delivered again');
    expect(lines.at(-1)).toBe(`sluice: run ${next} was cut off (exit 5)`);

    expect(isGroupAlive(orphan)).toBe(true);
    const again = deliverFirst(lab.host);
    await vi.waitFor(() => expect(isGroupAlive(orphan)).toBe(false), 10_000);
    await writeFile(go, '');
    expect(await again).toBe(0);
    expect(lab.notes.at(-1)).toBe('sluice: delivered (exit 0)');
    expect(await readRun(lab.layout, next)).toMatchObject({ cut: true, exit: 5 });
    expect(await readRun(lab.layout, next + 1)).toMatchObject({ exit: 0 });
  });

  it('is ended with its children by stop, and accepts pushes for the next start meanwhile', async () => {
    await lab.commit({ until: go });
    const push = lab.push('local', 'main');
    await push.said(/build/);
    const delivery = await deliveryOf(lab);
    await stopPipeline(lab.host);
    expect(isGroupAlive(delivery)).toBe(false);
    expect(await turnHolder(lab.layout.turns)).toBeUndefined();
    expect((await push.ended).lines.at(-1)).toBe(`sluice: run ${next} was stopped (exit 5)`);

    const commit = await lab.commit({ outcome: 'delivered' });
    const { code, lines } = await lab.push('local', 'main').ended;
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe(`sluice: ${short(commit)} waits for the platform to start (exit 5)`);
    expect(await deliverFirst(lab.host)).toBe(0);
    expect(await lastRun(lab.layout)).toMatchObject({ commit, number: next + 1 });
  });

  it('keeps to its tool when that of a pushed commit fails its self-test, and says so', async () => {
    const before = await readdir(lab.layout.tools);
    await writeFile(join(lab.checkout, 'scripts', 'bin.js'), 'throw new Error("broken tool");\n');
    await lab.commit({ outcome: 'delivered all the same' });
    const { lines } = await lab.push('local', 'main').ended;
    const text = lines.join('\n');
    expect(text).toMatch(/error: the tool of commit \w{12} fails its self-test, so the one before stays in use/);
    expect(text).toContain('Error: broken tool');
    expect(lines.at(-1)).toBe('sluice: delivered all the same (exit 0)');
    expect(await readdir(lab.layout.tools)).toEqual(before);

    await lab.git('checkout', '--quiet', 'HEAD~1', '--', 'scripts');
    await writeFile(
      join(lab.checkout, 'scripts', 'package.json'),
      `${await readFile(join(lab.checkout, 'scripts', 'package.json'), 'utf8')}\n`,
    );
    await lab.commit({ outcome: 'mended' });
    await ensureRemote(lab.host);
    expect(await readdir(lab.layout.tools)).toHaveLength(before.length + 1);
  });
});
