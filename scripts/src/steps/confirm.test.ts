import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { confirm, confirmProduction } from './confirm.ts';

interface Asked {
  end: 'goes on' | UserError;
  said: string;
}

/** What becomes of a question when somebody types this, and then nothing more. */
async function ask(
  typed: string,
  { terminal = true, yes = false, question = confirmProduction, what = 'prod' } = {},
): Promise<Asked> {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  let said = '';
  stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const context = {
    stdin: Object.assign(stdin, { isTTY: terminal }),
    stderr: Object.assign(stderr, { isTTY: terminal }),
  } as unknown as Context;
  stdin.end(typed);
  const end = await question(context, what, yes).then(
    () => 'goes on' as const,
    (error: unknown) => error as UserError,
  );
  return { end, said };
}

describe('production', () => {
  it('is touched by whoever types its name on a terminal', async () => {
    const { end, said } = await ask('prod\n');

    expect(said).toContain('This changes production. Type prod to go on: ');
    expect(end).toBe('goes on');
  });

  it.each(['staging\n', 'y\n', '\n', ''])('is left as it is where %j is typed, with what goes on', async (typed) => {
    const { end } = await ask(typed);

    expect(end).toBeInstanceOf(UserError);
    expect(end).toMatchObject({
      exit: 'usage',
      message: expect.stringContaining('is not prod: nothing was landed'),
      hint: expect.stringContaining('--yes'),
    });
  });

  it('is not asked about with --yes, nor where no terminal is', async () => {
    expect(await ask('', { yes: true })).toEqual({ end: 'goes on', said: '' });
    expect(await ask('', { terminal: false })).toEqual({ end: 'goes on', said: '' });
  });
});

describe('what somebody is about to do', () => {
  const what = { question: confirm, what: 'This becomes yours.' };

  it.each(['y\n', 'Yes\n'])('is done where %j is typed', async (typed) => {
    expect(await ask(typed, what)).toEqual({
      end: 'goes on',
      said: expect.stringContaining('This becomes yours. Go on? [y/N] '),
    });
  });

  it.each(['n\n', 'yellow\n', '\n', ''])('is not done where %j is typed', async (typed) => {
    expect((await ask(typed, what)).end).toMatchObject({
      exit: 'usage',
      message: 'nothing was changed',
      hint: expect.stringContaining('--yes'),
    });
  });

  it('is not asked about with --yes, nor where no terminal is', async () => {
    expect(await ask('', { ...what, yes: true })).toEqual({ end: 'goes on', said: '' });
    expect(await ask('', { ...what, terminal: false })).toEqual({ end: 'goes on', said: '' });
  });
});
