import { describe, expect, it } from 'vitest';
import { application, deployment, facts, workload } from '../../../test/cluster-objects.ts';
import { healthOf, isWorthWriting, longestGap, observe, type Health, type Verified, type Watched } from './observe.ts';
import type { Observation } from './observation.ts';

const verifiedAt = Date.parse('2030-01-01T12:00:00.700Z');
const minute = 60_000;
const time = (after: number): Date => new Date(Math.floor(verifiedAt / 1000) * 1000 + after);

const landed = {
  app: 'web',
  environment: 'staging',
  commit: 'c',
  release: { release: 'abc', digest: 'd', tag: 't' },
  record: { at: new Date(verifiedAt).toISOString(), outcome: { state: 'verified' } },
} as Verified;

function healthy(since = -minute): Health {
  return { state: 'healthy', since: time(since).getTime(), reason: 'all pods' };
}

function unhealthy(since: number): Health {
  return { state: 'unhealthy', since: time(since).getTime(), reason: 'Degraded' };
}

/** What was seen, as `state from to` in seconds after the landing was verified. */
function spans(observations: readonly Observation[]): string[] {
  const second = (text: string): number => (Date.parse(text) - time(0).getTime()) / 1000;
  return observations.map(
    (each) => `${each.healthy ? 'healthy' : 'unhealthy'} ${second(each.from)} ${second(each.to)}`,
  );
}

function watched(...made: Observation[]): Watched {
  return { landed, observations: made };
}

describe('a look at a landing that was verified', () => {
  it('claims the time since then, up to the whole second', () => {
    expect(spans(observe(watched(), healthy(), time(90_400)))).toEqual(['healthy 0.7 90']);
  });

  it('goes on where the last look ended', () => {
    const first = observe(watched(), healthy(), time(minute));
    expect(spans(observe(watched(...first), healthy(), time(2 * minute)))).toEqual(['healthy 60 120']);
  });

  it('claims nothing within the second of the look before', () => {
    const first = observe(watched(), healthy(), time(minute));
    expect(observe(watched(...first), healthy(), time(minute + 900))).toEqual([]);
  });

  it('claims nothing of a gap that is too long, and starts again from now', () => {
    expect(spans(observe(watched(), healthy(), time(longestGap)))).toEqual(['healthy 0.7 1800']);
    expect(spans(observe(watched(), healthy(), time(longestGap + 2000)))).toEqual(['healthy 1802 1802']);
  });

  it('begins at the last change of health, and takes a short loss of it for none', () => {
    expect(spans(observe(watched(), healthy(9000), time(minute)))).toEqual(['healthy 9 60']);
  });

  it('takes a change of health that may have lasted long for a failure, but not where the soak was over', () => {
    const made = observe(watched(), healthy(40_000), time(minute));
    expect(spans(made)).toEqual(['unhealthy 0.7 40', 'healthy 40 60']);
    expect(made[0]?.reason).toContain('between two looks 39s apart');
    expect(spans(observe(watched(), healthy(40_000), time(minute), true))).toEqual(['healthy 40 60']);
  });

  it('knows a short loss by what it has seen itself, though that is not written down yet', () => {
    const memory = { ...watched(), seenUntil: time(50_000).getTime() };
    expect(spans(observe(memory, healthy(), time(minute)))).toEqual(['healthy 0.7 60']);
    expect(spans(observe(memory, healthy(55_000), time(minute)))).toEqual(['healthy 0.7 50', 'healthy 55 60']);
  });

  it('sees a failure once it has lasted longer than 10 s, once, and what was healthy again after it', () => {
    expect(observe(watched(), unhealthy(50_000), time(minute))).toEqual([]);
    const broken = observe(watched(), unhealthy(49_000), time(minute));
    expect(spans(broken)).toEqual(['unhealthy 49 60']);
    expect(observe(watched(...broken), unhealthy(49_000), time(2 * minute))).toEqual([]);
    expect(spans(observe(watched(...broken), healthy(100_000), time(2 * minute)))).toEqual(['healthy 100 120']);
  });

  it('says nothing where the cluster does not', () => {
    const unclear: Health = { state: 'unclear', since: undefined, reason: '' };
    expect(observe(watched(), unclear, time(minute))).toEqual([]);
  });
});

describe('what has been seen', () => {
  const worth = (known: Watched, made: Observation[], ends = false, over = false): boolean =>
    isWorthWriting(known, made, ends, over);

  it('is written down when a soak ends, after a quarter of an hour, after a gap, and when health has changed', () => {
    const look = (after: number, health = healthy()): boolean =>
      worth(watched(), observe(watched(), health, time(after)));
    expect(worth(watched(), observe(watched(), healthy(), time(minute)), true)).toBe(true);
    expect(look(minute)).toBe(false);
    expect(look(15 * minute)).toBe(false);
    expect(look(15 * minute + 1000)).toBe(true);
    expect(look(longestGap + 2000)).toBe(true);
    expect(look(minute, healthy(9000))).toBe(true);
    expect(look(minute, unhealthy(20_000))).toBe(true);
    expect(worth(watched(), [])).toBe(false);
  });

  it('is written down after the end of a soak only where it failed, or works again', () => {
    expect(worth(watched(), observe(watched(), healthy(), time(20 * minute)), false, true)).toBe(false);
    const broken = observe(watched(), unhealthy(20_000), time(minute));
    expect(worth(watched(), broken, false, true)).toBe(true);
    const again = observe(watched(...broken), healthy(70_000), time(2 * minute));
    expect(worth(watched(...broken), again, false, true)).toBe(true);
  });
});

describe('the health of a landing', () => {
  function seen(health: object, available: { type: string; status: string; lastTransitionTime?: string }[] = []) {
    const ready = available.every(({ status }) => status === 'True');
    const live = deployment({ conditions: available, availableReplicas: ready ? 2 : 0 });
    const argocd = { ...application, status: { ...application.status, health } };
    return facts([workload(live)], { application: argocd });
  }
  const since = (status: string, hour: string) => ({ status, lastTransitionTime: `2030-01-01T${hour}:00Z` });
  const available = (status = 'True') => [{ type: 'Available', ...since(status, '11:30') }];

  it('is healthy since Argo CD or the workload last changed, whichever was later', () => {
    const at = (health: object) => healthOf(seen(health, available()));

    expect(at(since('Healthy', '11:00'))).toMatchObject({
      state: 'healthy',
      since: Date.parse('2030-01-01T11:30:00Z'),
    });
    expect(at(since('Healthy', '11:45')).since).toBe(Date.parse('2030-01-01T11:45:00Z'));
  });

  it('is unclear where nobody says since when it is healthy', () => {
    expect(healthOf(seen({ status: 'Healthy' }))).toMatchObject({
      state: 'unclear',
      reason: expect.stringContaining('since when'),
    });
  });

  it('is unhealthy where Argo CD says so, since it does', () => {
    expect(healthOf(seen(since('Degraded', '11:00'), available()))).toMatchObject({
      state: 'unhealthy',
      since: Date.parse('2030-01-01T11:00:00Z'),
      reason: expect.stringContaining('Degraded'),
    });
    expect(healthOf(seen(since('Progressing', '11:00'), available('False'))).state).toBe('unhealthy');
  });

  it('is unclear where other bytes run, Argo CD cannot see the cluster, or the workload says otherwise', () => {
    const healthy = seen(since('Healthy', '11:00'), available());

    expect(healthOf({ ...healthy, compared: 'before' }).state).toBe('unclear');
    expect(healthOf(seen(since('Unknown', '11:00'), available())).state).toBe('unclear');
    expect(healthOf(seen(since('Healthy', '11:00'), available('False'))).state).toBe('unclear');
  });
});
