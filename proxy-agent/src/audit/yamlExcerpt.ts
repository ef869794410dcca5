/*
 * A YAML writer that stops early. A library would turn all of a body of
 * megabytes into text on the event loop, of which the first 4 KB are kept.
 */

/** Plain scalars that every YAML reader takes for the string that they are, unless they are a word of {@link WORDS}. */
const PLAIN = /^[A-Za-z_/](?:[\w./@%+=, ()-]*[\w./@%+=()-])?$/;
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
const MAX_WORD_LENGTH = 5;
/** Of a longer text only what may be shown is looked at, in UTF-16 code units. */
const MAX_SCALAR_LENGTH = 64 * 1024;
const PRINTABLE_LINES = /^[^\p{Cc}\p{Cs}\u{85}\u{2028}\u{2029}\u{feff}]*$/u;

const isPlain = (text: string) =>
  PLAIN.test(text) && !(text.length <= MAX_WORD_LENGTH && WORDS.test(text));

const isContainer = (
  value: unknown,
): value is Record<string, unknown> | unknown[] =>
  typeof value === 'object' && value !== null;

const isEmpty = (value: object) =>
  (Array.isArray(value) ? value : Object.keys(value)).length === 0;

/** A text of several lines as a literal block, if it can be one. */
function block(value: string, indent: string): string | undefined {
  if (
    /^\s/.test(value) ||
    !value.split('\n').every(line => PRINTABLE_LINES.test(line))
  ) {
    return undefined;
  }
  const text = value.replace(/\n+$/, '');
  const chomping = ['-', ''][value.length - text.length] ?? '+';
  const body = (chomping === '+' ? value.slice(0, -1) : text)
    .split('\n')
    .map(line => (line === '' ? '' : `${indent}${line}`))
    .join('\n');
  return `|${chomping}\n${body}`;
}

class YamlWriter {
  readonly #maxLength: number;
  #text = '';

  /** @param maxLength - after so many UTF-16 code units it stops */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The beginning of all, and somewhat more than was asked for. */
  get text(): string {
    return this.#text;
  }

  writeDocument(value: unknown): void {
    if (this.#text !== '') {
      this.#text += '---\n';
    }
    this.#write(value, '', false);
  }

  get #isFull(): boolean {
    return this.#text.length > this.#maxLength;
  }

  /** @param isInline - whether it begins on the line of a `-` or a key */
  #write(value: unknown, indent: string, isInline: boolean): void {
    if (!isContainer(value)) {
      this.#text += `${this.#scalar(value, indent || '  ')}\n`;
    } else if (isEmpty(value)) {
      this.#text += Array.isArray(value) ? '[]\n' : '{}\n';
    } else if (Array.isArray(value)) {
      this.#writeItems(value, indent, isInline);
    } else {
      this.#writeEntries(value, indent, isInline);
    }
  }

  #writeItems(items: unknown[], indent: string, isInline: boolean): void {
    let start = isInline ? '' : indent;
    for (const item of items) {
      if (this.#isFull) {
        return;
      }
      this.#text += `${start}- `;
      this.#write(item, `${indent}  `, true);
      start = indent;
    }
  }

  #writeEntries(
    value: Record<string, unknown>,
    indent: string,
    isInline: boolean,
  ): void {
    let start = isInline ? '' : indent;
    for (const key of Object.keys(value)) {
      if (this.#isFull) {
        return;
      }
      const item = value[key];
      const label = isPlain(key) ? key : JSON.stringify(key);
      if (isContainer(item) && !isEmpty(item)) {
        this.#text += `${start}${label}:\n`;
        this.#write(item, Array.isArray(item) ? indent : `${indent}  `, false);
      } else {
        this.#text += `${start}${label}: `;
        this.#write(item, `${indent}  `, true);
      }
      start = indent;
    }
  }

  #scalar(value: unknown, indent: string): string {
    if (typeof value !== 'string') {
      return JSON.stringify(value) ?? 'null';
    }
    const text =
      value.length > MAX_SCALAR_LENGTH
        ? value.slice(0, Math.max(this.#maxLength - this.#text.length, 0) + 1)
        : value;
    if (isPlain(text)) {
      return text;
    }
    return (text.includes('\n') && block(text, indent)) || JSON.stringify(text);
  }
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
 * The beginning of JSON values as YAML, each a document.
 *
 * @returns at most `maxBytes` bytes, cut between characters, and whether there is more
 */
export function yamlExcerpt(
  documents: readonly unknown[],
  maxBytes: number,
): { text: string; truncated: boolean } {
  // The bytes of a text are never fewer than its code units.
  const writer = new YamlWriter(maxBytes);
  documents.forEach(document => writer.writeDocument(document));
  const text = cutAtCharacter(writer.text, maxBytes);
  return { text, truncated: text !== writer.text };
}
