import { expect, it } from 'vitest';
import { withLocalDirect } from './proxy.ts';
import type { Settings } from './settings.ts';

const settings = {
  node: { address: '10.246.0.1' },
  network: { pods: '10.244.0.0/16', services: '10.96.0.0/12' },
} as Settings;
const local = 'localhost,127.0.0.0/8,10.246.0.1,10.244.0.0/16,10.96.0.0/12,.localhost,.svc';

it('asks no proxy for what is on this host, beside what is named already', () => {
  const env = { HTTPS_PROXY: 'http://proxy.invalid:3128', NO_PROXY: 'example.invalid,localhost' };
  const direct = 'example.invalid,localhost,127.0.0.0/8,10.246.0.1,10.244.0.0/16,10.96.0.0/12,.localhost,.svc';

  expect(withLocalDirect(env, settings)).toEqual({ ...env, NO_PROXY: direct, no_proxy: direct });
  expect(withLocalDirect({ https_proxy: 'x' }, settings)).toEqual({
    https_proxy: 'x',
    NO_PROXY: local,
    no_proxy: local,
  });
});

it('is the same environment where there is no proxy', () => {
  const env = { PATH: '/bin', HTTP_PROXY: '' };

  expect(withLocalDirect(env, settings)).toBe(env);
});
