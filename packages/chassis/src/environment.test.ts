import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ConfigError, readEnvironment } from './environment.ts';
import { serviceSettings } from './settings.ts';

describe('readEnvironment', () => {
  it('lists every wrong variable with its value in one message', () => {
    const env = { PORT: 'http', FAULT_ERROR_RATE: '30', LOG_LEVEL: 'loud' };

    expect(() => readEnvironment('catalog', serviceSettings, env)).toThrowErrorMatchingInlineSnapshot(`
      [ConfigError: catalog cannot start: 3 settings are wrong in its environment
        PORT="http": expected a whole number from 0 to 65535
        LOG_LEVEL="loud": expected one of trace, debug, info, warn, error, fatal, silent
        FAULT_ERROR_RATE="30": expected a share from 0 to 1
      correct apps/catalog/overlays/<environment>/environment.env, or the variable where catalog was started by hand]
    `);
  });

  it('names a variable that must be set and is not', () => {
    const schema = z.object({ DATABASE_URL: z.string({ error: 'expected a URL' }) });

    expect(() => readEnvironment('orders', schema, {})).toThrow('DATABASE_URL (not set): expected a URL');
  });

  it('does not repeat the value of a secret', () => {
    const schema = z.object({ API_TOKEN: z.string().min(64) });

    expect(() => readEnvironment('orders', schema, { API_TOKEN: 'hunter2' })).toThrow(ConfigError);
    expect(() => readEnvironment('orders', schema, { API_TOKEN: 'hunter2' })).not.toThrow(/hunter2/);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readEnvironment('catalog', serviceSettings, { PORT: '', VERSION: '' })).toMatchObject({ PORT: 8080 });
  });

  it.each(['-0.1', '1.1', 'NaN', 'a third'])('refuses %s as a share', (value) => {
    expect(() => readEnvironment('catalog', serviceSettings, { FAULT_ERROR_RATE: value })).toThrow(
      'expected a share from 0 to 1',
    );
  });

  it.each(['-1', '65536', '80.5', 'Infinity'])('refuses %s as a port', (value) => {
    expect(() => readEnvironment('catalog', serviceSettings, { PORT: value })).toThrow('expected a whole number');
  });
});
