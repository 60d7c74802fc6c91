import { isUtf8 } from 'node:buffer';
import { $, type ProcessPromise } from 'zx/core';
import { UserError } from '../core/errors.ts';
import { directly, silently } from './exec.ts';

/** Reads objects of one repository, asking one git process instead of starting one for each question. */
export interface ObjectReader {
  /** The id (40 hex digits) of what a name such as `refs/heads/main^{commit}` stands for; undefined where there is none. */
  id(name: string): Promise<string | undefined>;
  /** The content of an object by name; undefined where there is none. */
  read(name: string): Promise<Buffer | undefined>;
}

interface Question {
  command: 'info' | 'contents';
  resolve(answer: Buffer | undefined): void;
  reject(error: Error): void;
}

interface Running {
  process: ProcessPromise;
  questions: Question[];
  received: Buffer;
  /** Lines that are not yet written: many questions at once go out together. */
  unsent: string;
}

/** Milliseconds without a question after which the process is let go. */
const idle = 1000;

const answer = /^[0-9a-f]{40} \w+ (\d+)$/;

/** `env` is the whole environment that Git sees. The process keeps nobody from ending, and ends itself when it is not needed. */
export function createObjectReader(cwd: string, env: NodeJS.ProcessEnv): ObjectReader {
  let running: Running | undefined;
  let timer: NodeJS.Timeout | undefined;

  function start(): Running {
    const process = $({ cwd, env, ...silently, ...directly('git', ['cat-file', '--batch-command']) })`git`;
    const started: Running = { process, questions: [], received: Buffer.alloc(0), unsent: '' };
    process.stdout.on('data', (chunk: Buffer) => {
      started.received = Buffer.concat([started.received, chunk]);
      settle(started);
    });
    void refuseAtEnd(started);
    return started;
  }

  /** Whoever still waits when the process ends learns what it said. */
  async function refuseAtEnd(ending: Running): Promise<void> {
    const { stderr } = await ending.process;
    if (running === ending) running = undefined;
    const error = new UserError(`git could not read objects in ${cwd}: ${stderr.trim()}`, {
      hint: 'run git fsck there',
    });
    for (const question of ending.questions) question.reject(error);
  }

  /** Answers come in the order of the questions: a line, and for contents what it announces. */
  function settle(from: Running): void {
    let question = from.questions[0];
    while (question !== undefined) {
      const end = from.received.indexOf(10);
      if (end < 0) break;
      const line = from.received.toString('utf8', 0, end);
      const size = Number(answer.exec(line)?.[1] ?? Number.NaN);
      const contents = question.command === 'contents';
      const until = Number.isNaN(size) || !contents ? end + 1 : end + 1 + size + 1;
      if (from.received.length < until) break;
      const found = contents ? from.received.subarray(end + 1, until - 1) : Buffer.from(line.slice(0, 40));
      from.received = from.received.subarray(until);
      from.questions.shift();
      question.resolve(Number.isNaN(size) ? undefined : Buffer.from(found));
      question = from.questions[0];
    }
    if (from.questions.length === 0) rest(from);
  }

  function rest(from: Running): void {
    hold(from, false);
    timer = setTimeout(() => {
      if (running === from) running = undefined;
      from.process.stdin.end();
    }, idle);
    timer.unref();
  }

  function ask(command: Question['command'], name: string): Promise<Buffer | undefined> {
    // A name with a line break would be two questions.
    if (/[\n\0]/.test(name)) return Promise.resolve(undefined);
    clearTimeout(timer);
    running ??= start();
    const to = running;
    hold(to, true);
    return new Promise((resolve, reject) => {
      to.questions.push({ command, resolve, reject });
      if (to.unsent === '') queueMicrotask(() => send(to));
      to.unsent += `${command} ${name}\n`;
    });
  }

  function send(to: Running): void {
    to.process.stdin.write(to.unsent);
    to.unsent = '';
  }

  return {
    id: async (name) => (await ask('info', name))?.toString(),
    read: (name) => ask('contents', name),
  };
}

/** Whether the process and its pipes keep this one from ending. */
function hold({ process }: Running, needed: boolean): void {
  const parts = [process.child, process.child?.stdin, process.child?.stdout, process.child?.stderr];
  for (const part of parts as ({ ref?(): void; unref?(): void } | undefined)[]) {
    if (needed) part?.ref?.();
    else part?.unref?.();
  }
}

/** The content of a file as text; throws UserError with its path where it is none. */
export function asText(path: string, content: Buffer): string {
  if (isUtf8(content)) return content.toString('utf8');
  throw new UserError(`${path} is not UTF-8 text, and nothing else can be rendered`, {
    hint: 'keep binary files elsewhere, or encode them',
  });
}
