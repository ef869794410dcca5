const POLL_MS = 200;
const DEFAULT_TIMEOUT_MS = 20_000;

/**
 * Tries until an attempt does not throw: what is delivered arrives a little
 * later. Throws the last attempt's error.
 */
export async function eventually<T>(
  attempt: () => Promise<T>,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
}
