import { watch } from 'node:fs';

/** Waits for something to happen in a folder. */
export interface Changes {
  /** Resolves at the next change, at once when there was one since the last call, and after `interval` ms in any case. */
  next(interval: number): Promise<void>;
  close(): void;
}

/** Watches the files of a folder. Where the system cannot watch (too many watches, some file systems), the interval alone serves. */
export function watchFolder(folder: string): Changes {
  let changed = false;
  let wake: (() => void) | undefined;
  function notice(): void {
    changed = true;
    wake?.();
  }
  const watcher = (() => {
    try {
      return watch(folder, notice).on('error', () => undefined);
    } catch {
      return undefined;
    }
  })();
  return {
    async next(interval) {
      if (!changed) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, interval);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      changed = false;
    },
    close: () => watcher?.close(),
  };
}
