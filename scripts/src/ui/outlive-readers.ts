/**
 * Has the process finish what it has begun though nobody reads a stream any more, as with `| head`: a pipe whose reader
 * has left would end it in the middle, with a stack trace. Other errors of the streams are thrown.
 */
export function outliveReaders(...streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
