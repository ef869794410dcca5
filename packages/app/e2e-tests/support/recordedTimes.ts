/** Output that is kept to find a text which was shown in pieces. */
const KEPT_CHARACTERS = 4096;

/**
 * When texts were first in the output of a recording, as shares of its
 * duration from 0 to 1.
 *
 * @param asciicast - version 2
 */
export function recordedTimes(
  asciicast: string,
  durationMs: number,
  texts: RegExp[],
): number[] {
  const events = asciicast
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line): [number, string, string] => JSON.parse(line));
  return texts.map(text => {
    let output = '';
    for (const [seconds, kind, data] of events) {
      if (kind !== 'o') continue;
      output = (output + data).slice(-KEPT_CHARACTERS - data.length);
      if (text.test(output)) return (seconds * 1000) / durationMs;
    }
    throw new Error(`${text} is not in the recording`);
  });
}
