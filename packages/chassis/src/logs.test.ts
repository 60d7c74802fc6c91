import { Writable } from 'node:stream';
import * as fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { logOptions } from './logs.ts';

const identity = { service: 'test', version: 'v2', revision: '3f2a', pod: 'test-abc', namespace: 'test-prod' };

/** What one line looks like on stdout. */
function line(write: (log: pino.Logger) => void, ids?: () => object): string {
  let text = '';
  const stream = new Writable({ write: (chunk, _encoding, done) => ((text += String(chunk)), done()) });
  write(pino(logOptions(identity, 'debug', ids), stream));
  return text;
}

describe('a line of the log', () => {
  it('is JSON with the fields that log queries ask for', () => {
    const ids = () => ({ trace_id: 'a1', span_id: 'b2' });

    const fields = JSON.parse(line((log) => log.warn({ duration_ms: 3 }, 'slow'), ids)) as Record<string, unknown>;

    expect(fields).toMatchObject({
      level: 'WARN',
      service: 'test',
      version: 'v2',
      namespace: 'test-prod',
      trace_id: 'a1',
      span_id: 'b2',
      duration_ms: 3,
      message: 'slow',
    });
    expect(fields['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('never holds a credential, however deep and in whatever spelling', () => {
    const names = fc.constantFrom(
      'authorization',
      'Authorization',
      'x-api-key',
      'DB_PASSWORD',
      'accessToken',
      'cookie',
      'set-cookie',
      'password',
      'token',
      'api_key',
    );
    const path = fc.array(fc.constantFrom('req', 'headers', 'body', 'user'), { maxLength: 5 });

    fc.assert(
      fc.property(names, path, (name, above) => {
        let fields: object = { [name]: 'hunter2', kept: 'yes' };
        for (const key of above) fields = { [key]: fields };

        const text = line((log) => log.info(fields, 'asked'));

        expect(text).not.toContain('hunter2');
        expect(text).toContain('[redacted]');
        expect(text).toContain('"kept":"yes"');
      }),
    );
  });

  it('holds no credential that an error carries along', () => {
    const err = Object.assign(new Error('refused'), { request: { headers: { authorization: 'Bearer hunter2' } } });

    const text = line((log) => log.error({ err }, 'request failed'));

    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text).err).toMatchObject({ type: 'Error', message: 'refused' });
  });

  it('holds no credential of a list, nor of an object that contains itself', () => {
    const user: Record<string, unknown> = { token: 'hunter2' };
    user['self'] = user;

    expect(line((log) => log.info({ users: [user] }, 'asked'))).not.toContain('hunter2');
  });

  it('still holds fields that only sound like one', () => {
    expect(line((log) => log.info({ tokens: 3, path: '/cookies' }, 'counted'))).toContain(
      '"tokens":3,"path":"/cookies"',
    );
  });
});
