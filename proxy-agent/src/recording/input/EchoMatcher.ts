const BACKSPACE = 0x08;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;

/** So much that was echoed is forgotten at once. */
const FORGOTTEN_AT_ONCE = 4096;

const isControl = (byte: number) => byte < SPACE || byte === DELETE;

/** What was typed: `text` must be echoed; how a terminal takes back a character or ends a line may be seen. */
type Expected<Line> = {
  kind: 'text' | 'backspace' | 'end';
  byte: number;
  line: Line;
};

/** What a byte of output was: the echo of a character of a line, a part of an echo, or none. */
export type Echo<Line> = { of: Line } | 'part' | 'none';

/**
 * Compares what is shown with what was typed and is not echoed yet. Only the
 * very next characters count: the first other one is no echo. What stands
 * between them may be what a line editor does: step back to write the same once
 * more, take back a character, go on in the next row.
 */
export class EchoMatcher<Line> {
  #expected: Expected<Line>[] = [];
  #next = 0;
  /** What was echoed of the line, and where in it the next byte is shown. */
  #echoed: number[] = [];
  #position = 0;
  /** Of the three steps in which a character is wiped out, those to come. */
  #wiping: number[] = [];
  /** A blank that nobody typed: it may only fill up a row. */
  #blank = false;

  static create<Line>(): EchoMatcher<Line> {
    return new EchoMatcher<Line>();
  }

  private constructor() {}

  /** Whether nothing is expected. */
  get isIdle(): boolean {
    return this.#next === this.#expected.length;
  }

  /** How much is expected. */
  get pending(): number {
    return this.#expected.length - this.#next;
  }

  expect(kind: 'text' | 'backspace' | 'end', byte: number, line: Line): void {
    if (this.isIdle) {
      this.#forget();
    }
    this.#expected.push({ kind, byte, line });
  }

  /** A line begins, whatever stood before it. */
  begin(): void {
    if (this.isIdle) {
      this.#echoed = [];
    }
  }

  /** Nothing is expected any more. */
  clear(): void {
    this.#expected = [];
    this.#next = 0;
    this.#echoed = [];
    this.#forget();
  }

  /** @param byte - the next one that is shown, with no escape sequences between */
  read(byte: number): Echo<Line> {
    if (this.#wiping.length > 0) {
      const wipes = this.#wiping.shift() === byte;
      if (wipes) {
        return 'part';
      }
      this.#wiping = [];
    }
    let head = this.#head;
    // How it looks that a character is taken back or a line ends is up to the
    // program: what does not look like it belongs to what was typed next.
    while (head && head.kind !== 'text' && !isControl(byte)) {
      this.#take(head);
      head = this.#head;
    }
    switch (head?.kind) {
      case 'text':
        return this.#readText(byte, head);
      case 'backspace':
        if (byte === BACKSPACE) {
          this.#take(head);
          this.#wiping = [SPACE, BACKSPACE];
        }
        return 'part';
      case 'end':
        if (byte === LINE_FEED) {
          this.#take(head);
        }
        return 'part';
      default:
        return 'none';
    }
  }

  #readText(byte: number, head: Expected<Line>): Echo<Line> {
    if (this.#blank) {
      this.#blank = false;
      this.#position = this.#echoed.length;
      return byte === CARRIAGE_RETURN ? 'part' : 'none';
    }
    if (byte === CARRIAGE_RETURN) {
      // A row is full: some editors write the next row's first character twice.
      this.#position = Math.max(0, this.#echoed.length - 1);
      return 'part';
    }
    if (byte === BACKSPACE) {
      this.#position -= 1;
      return this.#position < 0 ? 'none' : 'part';
    }
    if (isControl(byte)) {
      return byte === LINE_FEED ? 'none' : 'part';
    }
    if (
      this.#position < this.#echoed.length &&
      this.#echoed[this.#position] === byte
    ) {
      this.#position += 1;
      return 'part';
    }
    if (this.#position === this.#echoed.length && head.byte === byte) {
      this.#take(head);
      return { of: head.line };
    }
    this.#blank = byte === SPACE && this.#position === this.#echoed.length;
    return this.#blank ? 'part' : 'none';
  }

  get #head(): Expected<Line> | undefined {
    return this.#expected[this.#next];
  }

  #take(head: Expected<Line>): void {
    this.#next += 1;
    if (head.kind === 'text') {
      this.#echoed.push(head.byte);
    } else if (head.kind === 'backspace') {
      this.#echoed.pop();
    } else {
      this.#echoed = [];
    }
    this.#position = this.#echoed.length;
    if (this.isIdle || this.#next >= FORGOTTEN_AT_ONCE) {
      this.#expected = this.#expected.slice(this.#next);
      this.#next = 0;
    }
  }

  #forget(): void {
    this.#position = this.#echoed.length;
    this.#wiping = [];
    this.#blank = false;
  }
}
