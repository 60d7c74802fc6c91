import { styleText } from 'node:util';
import { createLive } from './live.ts';

/** One piece of work that is under way; ends with exactly one of `done` and `fail`. */
export interface Step {
  update(detail: string): void;
  done(detail?: string): void;
  fail(detail?: string): void;
}

export interface Progress {
  step(title: string): Step;
  /** A line that stays. */
  note(line: string): void;
  /** Stops the heartbeat; open steps are left as they are. */
  close(): void;
}

export interface ProgressOptions {
  stream: NodeJS.WriteStream;
  isTTY?: boolean;
  now?: () => number;
  /** Longest silence in milliseconds while a step is open. */
  heartbeatMs?: number;
}

interface OpenStep {
  title: string;
  detail: string;
  started: number;
}

/**
 * Tells on `stream` what is going on: on a terminal a live list of the open steps, elsewhere plain lines.
 * While a step is open it is never silent for longer than `heartbeatMs` (1,500 ms unless said otherwise).
 */
export function createProgress(options: ProgressOptions): Progress {
  const { stream, isTTY = stream.isTTY === true, now = Date.now, heartbeatMs = 1500 } = options;
  const open = new Set<OpenStep>();
  const began = now();
  const live = isTTY ? createLive(stream) : undefined;
  let lastWrite = now();
  let timer: NodeJS.Timeout | undefined;

  function write(line: string): void {
    lastWrite = now();
    if (live === undefined) {
      stream.write(`${line}\n`);
      return;
    }
    live.clear();
    stream.write(`${line}\n`);
    draw();
  }

  function draw(): void {
    live?.([...open].map((step) => `  ${styleText('cyan', '•')} ${describe(step)}`).join('\n'));
  }

  function describe(step: OpenStep): string {
    const detail = step.detail === '' ? '' : `: ${step.detail}`;
    return `${step.title}${detail} (${seconds(now() - step.started)})`;
  }

  function beat(): void {
    if (live !== undefined) draw();
    else if (now() - lastWrite >= heartbeatMs - 100) {
      write(`  ... ${[...open].map(describe).join('; ')}; ${seconds(now() - began)} in all`);
    }
  }

  function end(step: OpenStep, mark: string, detail: string | undefined): void {
    if (!open.delete(step)) return;
    step.detail = detail ?? '';
    write(`${mark} ${describe(step)}`);
    if (open.size === 0) stopTimer();
  }

  function stopTimer(): void {
    clearInterval(timer);
    timer = undefined;
    live?.clear();
  }

  return {
    step(title) {
      const step: OpenStep = { title, detail: '', started: now() };
      open.add(step);
      timer ??= setInterval(beat, isTTY ? 120 : heartbeatMs / 4);
      if (live === undefined) write(`- ${title}`);
      else draw();
      return {
        update(detail) {
          step.detail = detail;
        },
        done: (detail) => end(step, colour('green', '✓'), detail),
        fail: (detail) => end(step, colour('red', '✗'), detail),
      };
    },
    note: write,
    close: stopTimer,
  };

  function colour(name: 'green' | 'red', text: string): string {
    return isTTY ? styleText(name, text) : text;
  }
}

/** A duration for people: `0.4 s`, `12 s`, `3 min 04 s`. */
export function seconds(milliseconds: number): string {
  const total = milliseconds / 1000;
  if (total < 10) return `${total.toFixed(1)} s`;
  if (total < 60) return `${Math.round(total)} s`;
  const whole = Math.round(total);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
