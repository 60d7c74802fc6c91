/** Longest silence in milliseconds; deliver's own heartbeat comes a little sooner, so that the two do not both speak. */
const silence = 1900;

/** Writes lines and a running log to one stream, each line whole. */
export interface Voice {
  say(lines: string): void;
  /** Part of a log, as it comes. */
  pass(bytes: Buffer): void;
  /** Says something only after nothing else was said for long. */
  beat(line: string): void;
  /** Milliseconds until `beat` would speak. */
  untilBeat(): number;
}

export function createVoice(write: (bytes: Uint8Array | string) => void): Voice {
  let isAtLineStart = true;
  let last = Date.now();
  function say(lines: string): void {
    write(`${isAtLineStart ? '' : '\n'}${lines}\n`);
    isAtLineStart = true;
    last = Date.now();
  }
  return {
    say,
    pass(bytes) {
      // What is kept by the stream must not change with the caller's buffer.
      write(Buffer.from(bytes));
      isAtLineStart = bytes.at(-1) === 0x0a;
      last = Date.now();
    },
    beat(line) {
      if (Date.now() - last >= silence) say(`  ... ${line}`);
    },
    untilBeat: () => Math.max(1, last + silence - Date.now()),
  };
}
