import { CommandError } from '../bootstrap/CommandError.mjs';

const POLL_MS = 150;

/**
 * Asks again and again until the answer is there. What it throws counts as
 * not yet.
 *
 * @template T
 * @param {string} what - for the message when it never comes
 * @param {number} timeoutMs
 * @param {() => Promise<T | undefined | false>} ask
 * @returns {Promise<T>}
 */
export async function waitUntil(what, timeoutMs, ask) {
  const deadline = Date.now() + timeoutMs;
  let problem = '';
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      problem = '';
    } catch (error) {
      problem = `: ${error?.cause?.message ?? error?.message ?? error}`;
    }
    if (Date.now() > deadline) {
      throw new CommandError(
        `${what}: not within ${timeoutMs / 1000} s${problem}`,
      );
    }
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
}
