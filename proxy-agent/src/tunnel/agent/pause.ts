/** Resolves after so long, in milliseconds, or at the signal. */
export function pause(timeMs: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, timeMs);
    signal.addEventListener('abort', done);
    if (signal.aborted) {
      done();
    }
  });
}
