import { formatElapsed } from '../bootstrap/Progress.mjs';

/** Has been told already. */
export class CheckFailed extends Error {
  name = 'CheckFailed';
}

/** What was looked at, and what came out. */
export class Checks {
  passed = 0;
  /** @type {string[]} */
  failures = [];

  static create() {
    return new Checks();
  }

  /**
   * Looks at one thing; what throws is a failure. What comes after relies on
   * it, so it throws on.
   *
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} look
   * @returns {Promise<T>}
   */
  async check(name, look) {
    const startedAt = Date.now();
    console.log(`- ${name} ...`);
    try {
      const result = await look();
      this.passed++;
      console.log(`  passed (${formatElapsed(Date.now() - startedAt)})`);
      return result;
    } catch (error) {
      this.failures.push(`${name}: ${error?.stack ?? error}`);
      console.log(`  FAILED (${formatElapsed(Date.now() - startedAt)})`);
      throw new CheckFailed(name);
    }
  }
}
