import { expect, it } from 'vitest';
import { systemClock } from '../adapters/clock.ts';
import type { Written } from '../adapters/writer.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import type { Writing } from '../core/plan.ts';
import { land } from './land.ts';
import type { Repository } from './repository.ts';

const by = { name: 'Ann', email: 'ann@example.invalid' };
const context = { clock: systemClock } as Context;
const first: Writing = { environment: 'dev', head: 'a', files: new Map(), basis: [], message: 'Land web\n' };
const refusal: Written = { state: 'refused', reason: 'web: gate freeze says pending' };

/** A remote of one's own that answers so, one write after the other. */
function landing(answers: Written[], replan: () => Promise<Writing | undefined>): ReturnType<typeof land<Writing>> {
  const write = async (): Promise<Written> => answers.shift() ?? refusal;
  const remote = { git: { fetch: async () => {} }, remote: { name: 'local' }, github: undefined, writer: { write } };
  return land(context, remote as unknown as Repository, by, first, (each) => each, replan);
}

it('plans again where the remote refuses, so that a gate that has closed is said as any other', async () => {
  const blocked = new UserError('web: gate freeze says pending', { exit: 'blocked' });

  await expect(landing([refusal], () => Promise.reject(blocked))).rejects.toBe(blocked);
});

it('says what the remote said where it refuses the plan that was made again as well', async () => {
  await expect(landing([refusal, refusal], async () => first)).rejects.toThrow(
    'local refused the landing on deploy/dev: web: gate freeze says pending',
  );
});

it('lands the plan that was made again where the remote takes that', async () => {
  const again = { ...first, head: 'b' };

  expect(await landing([refusal, { state: 'landed', commit: 'c' }], async () => again)).toEqual({
    plan: again,
    commit: 'c',
  });
});
