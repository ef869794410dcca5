/** Cuts bytes at arbitrary places, into chunks that may be empty. */
export function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = places
    .map(place => place % (bytes.length + 1))
    .sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) =>
    // Copies: no test may pass because chunks happen to be adjacent.
    Buffer.from(bytes.subarray(index === 0 ? 0 : ends[index - 1], end)),
  );
}

/** The name of what is thrown, if anything. */
export function errorNameOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? error.name : typeof error;
  }
  return undefined;
}

/** The code of what is thrown, if anything. */
export function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return undefined;
}
