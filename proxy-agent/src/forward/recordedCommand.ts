/** What a recording's header can hold: arguments, and UTF-16 code units of each. */
const MAX_ARGUMENTS = 1024;
const MAX_ARGUMENT_LENGTH = 16_384;
/** Stands for what is left out. */
const MORE = '…';

/** A command as a recording tells it: a portal refuses the recording of one that is longer. */
export function recordedCommand(command: readonly string[]): string[] {
  const told =
    command.length > MAX_ARGUMENTS
      ? [...command.slice(0, MAX_ARGUMENTS - 1), MORE]
      : command;
  return told.map(argument =>
    argument.length > MAX_ARGUMENT_LENGTH
      ? argument
          .slice(0, MAX_ARGUMENT_LENGTH - 1)
          // Not half a character.
          .replace(/[\ud800-\udbff]$/, '')
          .concat(MORE)
      : argument,
  );
}
