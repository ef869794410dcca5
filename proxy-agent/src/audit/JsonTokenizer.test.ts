import fc from 'fast-check';
import type { JsonHandler } from './JsonHandler';
import { JsonTokenizer } from './JsonTokenizer';

/** Writes what it is told as JSON again. */
class Writer implements JsonHandler {
  text = '';
  texts: string[] = [];
  wanted = true;

  #comma(): void {
    if (/[^[{:,]$/.test(this.text)) {
      this.text += ',';
    }
  }

  startObject(): void {
    this.#comma();
    this.text += '{';
  }

  endObject(): void {
    this.text += '}';
  }

  startArray(): void {
    this.#comma();
    this.text += '[';
  }

  endArray(): void {
    this.text += ']';
  }

  wantsText(): boolean {
    return this.wanted;
  }

  key(key: string): void {
    this.#comma();
    this.text += `${JSON.stringify(key)}:`;
  }

  string(value: string): void {
    this.#comma();
    this.text += JSON.stringify(value);
    this.texts.push(value);
  }

  literal(value: number | boolean | null): void {
    this.#comma();
    this.text += JSON.stringify(value);
  }
}

function read(chunks: Buffer[], maxTextBytes = 1000) {
  const writer = new Writer();
  const tokenizer = JsonTokenizer.create(writer, maxTextBytes);
  chunks.forEach(chunk => tokenizer.push(chunk));
  return { state: tokenizer.state, text: writer.text, texts: writer.texts };
}

const SAMPLE =
  ' {"a" : [1, -2.5e+3, true, null, {}, []],\n"é€😀\\u20ac\\ud83d\\ude00":"q\\"\\\\\\n\\/"}\r\n';

describe('JsonTokenizer', () => {
  it('reads the same however the bytes are split', () => {
    const bytes = Buffer.from(SAMPLE);
    const whole = JSON.stringify(JSON.parse(SAMPLE));
    for (let i = 0; i <= bytes.length; i++) {
      expect(read([bytes.subarray(0, i), bytes.subarray(i)])).toMatchObject({
        state: 'finished',
        text: whole,
      });
    }
    const single = [...bytes].map(byte => Buffer.from([byte]));
    expect(read(single)).toMatchObject({ state: 'finished', text: whole });
  });

  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(fc.jsonValue({ stringUnit: 'binary' })),
          fc.dictionary(
            fc.string({ unit: 'binary' }),
            fc.jsonValue({ stringUnit: 'binary' }),
          ),
        ),
        fc.constantFrom(0, 2),
        (value, space) => {
          const json = JSON.stringify(value, undefined, space);
          expect(read([Buffer.from(json)])).toMatchObject({
            state: 'finished',
            text: JSON.stringify(value),
          });
        },
      ),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.nat(SAMPLE.length - 1),
        fc.constantFrom(...'{}[]":,\\x1 e-\n\0'),
        fc.boolean(),
        (index, character, insert) => {
          const text =
            SAMPLE.slice(0, index) +
            character +
            SAMPLE.slice(insert ? index : index + 1);
          let isJson = true;
          try {
            JSON.parse(text);
          } catch {
            isJson = false;
          }
          expect(read([Buffer.from(text)]).state === 'finished').toBe(isJson);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('refuses a text or a number alone, and what never ends', () => {
    expect(read([Buffer.from('"a"')]).state).toBe('failed');
    expect(read([Buffer.from('1 ')]).state).toBe('failed');
    expect(read([Buffer.from('{"a":1')]).state).toBe('reading');
    expect(read([Buffer.from(`[${'1'.repeat(200)}]`)]).state).toBe('failed');
    expect(read([Buffer.from('['.repeat(2000))]).state).toBe('failed');
  });

  it('keeps the beginning of a long text, cut between characters and escapes', () => {
    const json = Buffer.from('["a€\\u20ac\\"bc"]');
    const beginnings = ['', 'a', 'a', 'a', 'a€', 'a€', 'a€', 'a€', 'a€', 'a€'];
    beginnings.push('a€€', 'a€€', 'a€€"', 'a€€"b', 'a€€"bc');
    expect(beginnings.map((_, max) => read([json], max).texts[0])).toEqual(
      beginnings,
    );
  });
});
