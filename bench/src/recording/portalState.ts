import type { DeliveredRecordings } from './SinkRecordings';

/** How long recordings may take to reach the portal, in milliseconds. */
const DELIVERY_MS = 60_000;
const POLL_MS = 20;

async function askPortal(portalPort: number): Promise<DeliveredRecordings> {
  const answer = await fetch(
    `http://127.0.0.1:${portalPort}/benchmark/recordings`,
  );
  return await answer.json();
}

/** So many recordings have come to the portal whole, so far. */
export async function completeRecordings(portalPort: number): Promise<number> {
  return (await askPortal(portalPort)).complete;
}

/**
 * Resolves when another recording has reached the portal whole.
 *
 * @param before - how many had
 * @param bytes - of what was shown or typed, which must be in it
 */
export async function untilRecorded(
  portalPort: number,
  before: number,
  bytes: number,
): Promise<DeliveredRecordings> {
  const deadline = Date.now() + DELIVERY_MS;
  for (;;) {
    const state = await askPortal(portalPort);
    if (state.complete > before && state.running === 0) {
      if (
        state.lastStatus !== 'complete' ||
        state.lastUncompressedBytes < bytes
      ) {
        throw new Error(
          `the recording is ${state.lastStatus} with ${state.lastUncompressedBytes} bytes; ${bytes} were shown`,
        );
      }
      return state;
    }
    if (Date.now() > deadline) {
      throw new Error('the recording has not reached the portal');
    }
    await new Promise(resolve => {
      setTimeout(resolve, POLL_MS);
    });
  }
}
