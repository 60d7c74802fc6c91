import { expect, it } from 'vitest';
import { warning } from '../../../test/cluster-objects.ts';
import { eventsSince } from './events.ts';

it('leaves out events from before a landing, and gives the newest first', () => {
  const since = new Date('2030-01-01T12:00:00Z');
  const events = [
    warning('Pod a', 'Old', '', '2030-01-01T11:59:00Z'),
    warning('Pod a', 'By another clock', '', '2030-01-01T11:59:40Z'),
    warning('Pod a', 'New', '', '2030-01-01T12:01:00Z'),
    warning('Pod a', 'Without a time', ''),
    {
      ...warning('Pod a', 'Again', '', '2030-01-01T11:00:00Z'),
      series: { count: 9, lastObservedTime: '2030-01-01T12:02:00Z' },
    },
  ];

  expect(eventsSince(events, since).map((each) => each.reason)).toEqual(['Again', 'New', 'By another clock']);
});
