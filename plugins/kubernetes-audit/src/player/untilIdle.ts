/**
 * Resolves when the page has nothing else to do.
 *
 * @param within - at the latest after so many milliseconds, for a page that is never idle
 */
export async function untilIdle(within: number): Promise<void> {
  await new Promise<void>(resolve => {
    // Safari has no such callback.
    if (typeof requestIdleCallback === 'undefined') {
      setTimeout(resolve);
    } else {
      requestIdleCallback(() => resolve(), { timeout: within });
    }
  });
}
