/** A failure that the user can act on: printed without a stack trace. */
export class CommandError extends Error {
  /**
   * @param {string} message - what went wrong
   * @param {string} [advice] - what to do about it
   */
  constructor(message, advice) {
    super(advice ? `${message}\n${advice}` : message);
    this.name = 'CommandError';
  }
}

/**
 * Runs a command's main function; a failure ends the process with 1.
 *
 * @param {() => Promise<void>} main
 */
export async function runCommand(main) {
  // A terminal that was closed must not keep the rest from being tidied up.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  try {
    await main();
  } catch (error) {
    const text =
      error instanceof CommandError ? error.message : error?.stack ?? error;
    process.stderr.write(`\nerror: ${text}\n`);
    process.exitCode = 1;
  }
}
