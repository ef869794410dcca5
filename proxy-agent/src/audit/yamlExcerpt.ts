/*
 * A YAML writer that stops early. A library would turn all of a body of
 * megabytes into text on the event loop, of which the first 4 KB are kept.
 */

/** Plain scalars that every YAML reader takes for the string that they are. */
const PLAIN =
  /^(?!(?:true|false|null|yes|no|on|off|y|n|~)$)[A-Za-z_/](?:[\w./@%+=, ()-]*[\w./@%+=()-])?$/i;
const PRINTABLE_LINES = /^[^\p{Cc}\p{Cs}\u{85}\u{2028}\u{2029}\u{feff}]*$/u;

class Limit {
  #left: number;
  readonly #parts: string[] = [];

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get reached(): boolean {
    return this.#left < 0;
  }

  add(text: string): void {
    // A string of a megabyte is cut before it is measured; the bytes are never fewer than the code units.
    const part =
      text.length > this.#left + 1 ? text.slice(0, this.#left + 1) : text;
    this.#left -= Buffer.byteLength(part);
    this.#parts.push(part);
  }

  text(): string {
    return this.#parts.join('');
  }
}

function scalar(value: unknown, indent: string, limit: Limit): string {
  if (typeof value !== 'string') {
    return JSON.stringify(value) ?? 'null';
  }
  if (PLAIN.test(value)) {
    return value;
  }
  const lines = value.split('\n');
  if (
    lines.length > 1 &&
    !limit.reached &&
    !/^[\s]/.test(value) &&
    lines.every(line => PRINTABLE_LINES.test(line))
  ) {
    const text = value.replace(/\n+$/, '');
    const newlines = value.length - text.length;
    const chomping = newlines === 0 ? '-' : newlines === 1 ? '' : '+';
    const body = (chomping === '+' ? value.slice(0, -1) : text)
      .split('\n')
      .map(line => (line === '' ? '' : `${indent}${line}`))
      .join('\n');
    return `|${chomping}\n${body}`;
  }
  return JSON.stringify(value);
}

function write(
  value: unknown,
  indent: string,
  inline: boolean,
  limit: Limit,
): void {
  if (limit.reached) {
    return;
  }
  const isArray = Array.isArray(value);
  if (typeof value !== 'object' || value === null) {
    limit.add(`${scalar(value, indent || '  ', limit)}\n`);
    return;
  }
  const entries: [string, unknown][] = isArray
    ? value.map(item => ['-', item])
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [
          `${PLAIN.test(key) ? key : JSON.stringify(key)}:`,
          item,
        ]);
  if (entries.length === 0) {
    limit.add(isArray ? '[]\n' : '{}\n');
    return;
  }
  entries.forEach(([label, item], index) => {
    if (limit.reached) {
      return;
    }
    limit.add(inline && index === 0 ? label : `${indent}${label}`);
    const nested =
      typeof item === 'object' && item !== null && Object.keys(item).length > 0;
    if (!nested) {
      limit.add(' ');
      write(item, `${indent}  `, true, limit);
    } else if (isArray) {
      limit.add(' ');
      write(item, `${indent}  `, true, limit);
    } else {
      limit.add('\n');
      write(item, Array.isArray(item) ? indent : `${indent}  `, false, limit);
    }
  });
}

/** Text of at most so many bytes, cut between characters. */
export function cutAtCharacter(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) {
    return text;
  }
  let end = maxBytes;
  // Bytes of the form 10xxxxxx continue a character.
  while (end > 0 && (bytes[end] & 0xc0) === 0x80) {
    end--;
  }
  return bytes.toString('utf8', 0, end);
}

/**
 * The beginning of a JSON value as YAML.
 *
 * @returns at most `maxBytes` bytes, cut between characters, and whether there is more
 */
export function yamlExcerpt(
  value: unknown,
  maxBytes: number,
): { text: string; truncated: boolean } {
  const limit = new Limit(maxBytes);
  write(value, '', false, limit);
  const text = limit.text();
  return { text: cutAtCharacter(text, maxBytes), truncated: limit.reached };
}
