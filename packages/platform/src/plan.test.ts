import { expect, it } from 'vitest';
import { toolOrder } from './components.ts';
import { createKindDriver } from './drivers/kind.ts';
import { createLab } from './drivers/kind/testing/lab.ts';
import { planStart } from './plan.ts';

it('makes no tool that only images built here would hold', async () => {
  const { host } = await createLab();
  const driver = createKindDriver(host.paths, host.settings, host.env);
  const options = { traffic: true };

  const pulling = await planStart({ ...host, options, driver });
  const building = await planStart({ ...host, options, driver: { ...driver, localImages: true } });

  expect(pulling.tools).toEqual(['kustomize', 'kubernetes']);
  expect(pulling.missingTools).toEqual(pulling.tools);
  expect(building.tools).toEqual(toolOrder);
});
