import { expect, it } from 'vitest';
import { componentManifests } from './bootstrap/components.ts';
import { fileOrder } from './components.ts';

it('brings the upstream files of every component that is made of some', () => {
  const made = Object.entries(componentManifests).filter(([, { upstream }]) => upstream !== undefined);

  expect([...fileOrder].toSorted()).toEqual(made.map(([name]) => name).toSorted());
});
