import type { IBuffer, Terminal } from '@xterm/headless';
import type {
  Sidecar,
  SidecarPart,
} from 'backstage-plugin-kubernetes-audit-common';

/** Characters of a line; the rest of a longer one is left out. */
const MAX_LINE_CHARACTERS = 4096;
/** Rows of a line that was wrapped. */
const MAX_LINE_ROWS = 64;
/** Lines of a part. */
const MAX_LINES = 400_000;
/** Rows of a full-screen program that are remembered so that they come once. */
const MAX_REMEMBERED_ROWS = 4096;
/** Characters of a command; the rest of a longer one is left out. */
const MAX_COMMAND_CHARACTERS = 256;

/**
 * How what awaits a command ends: `$ `, `# `, `% ` of shells, `db=> ` and the
 * like. No percentage, and not the `> ` and `-> ` that ask for the rest of a
 * command.
 */
const PROMPT = /(?:[#$❯»]|(?:^|[^\d\s])%|[\w~=)\]}]>) ?$/u;
/** So much of what stands before the cursor tells whether that is a prompt. */
const PROMPT_END_CHARACTERS = 8;
/** As a terminal shows that somebody gave a command up. */
const GIVEN_UP = '^C';

/**
 * Collects what can be read on a screen, for search: each line when a line
 * feed completes it, and of a full-screen program, which writes anywhere, each
 * row that is new when it is looked at. Of lines that were typed behind a
 * prompt it collects the commands, too.
 */
export class ScreenText {
  readonly #terminal: Terminal;
  readonly #maxBytes: number;
  readonly #remembered = new Set<string>();
  readonly #lines: SidecarPart['text'] = [];
  readonly #maxCommands: number;
  readonly #commands: Sidecar['markers'] = [];
  /** Stood before the cursor when somebody could begin to type. */
  #prompt: string | undefined;
  #bytes = 0;
  #isTruncated = false;
  #isPaused = false;
  /** Of what is being written, in microseconds since the recording's start. */
  time = 0;

  /** @param options - `maxTextBytes` of UTF-8 are collected and no more */
  static create(options: {
    terminal: Terminal;
    maxTextBytes: number;
    maxCommands: number;
  }): ScreenText {
    const text = new ScreenText(options);
    options.terminal.onLineFeed(() => text.#completeLine());
    return text;
  }

  private constructor(options: {
    terminal: Terminal;
    maxTextBytes: number;
    maxCommands: number;
  }) {
    this.#terminal = options.terminal;
    this.#maxBytes = options.maxTextBytes;
    this.#maxCommands = options.maxCommands;
  }

  get lines(): SidecarPart['text'] {
    return this.#lines;
  }

  /** What was typed behind prompts, and when it was entered. */
  get commands(): Sidecar['markers'] {
    return this.#commands;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** While paused, what is written is text that was collected before. */
  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused;
  }

  /** Collects the rows of a full-screen program that were not there before. */
  lookAtFullScreen(): void {
    const { active } = this.#terminal.buffer;
    if (active.type === 'normal') {
      this.#remembered.clear();
      return;
    }
    for (let row = 0; row < this.#terminal.rows; row++) {
      const text = rowText(active, active.baseY + row);
      if (text !== '' && !this.#remembered.has(text)) {
        this.#remember(text);
        this.#add(text);
      }
    }
  }

  /** Nothing comes for a while: if a prompt stands there, a command may follow. */
  lookForPrompt(): void {
    const { active } = this.#terminal.buffer;
    // Without a terminal in the session nothing that is typed is echoed.
    const hasEcho = !this.#terminal.options.convertEol;
    if (this.#prompt !== undefined || active.type !== 'normal' || !hasEcho) {
      return;
    }
    const text =
      active
        .getLine(active.baseY + active.cursorY)
        ?.translateToString(false, 0, active.cursorX) ?? '';
    if (PROMPT.test(text.slice(-PROMPT_END_CHARACTERS))) {
      this.#prompt = text;
    }
  }

  /** Collects the line that nothing will complete any more. */
  end(): void {
    const { active } = this.#terminal.buffer;
    if (active.type === 'normal') {
      this.#add(lineText(active, active.baseY + active.cursorY));
    }
  }

  #completeLine(): void {
    const prompt = this.#prompt;
    this.#prompt = undefined;
    if (this.#isPaused || (this.#isTruncated && prompt === undefined)) {
      return;
    }
    const { active } = this.#terminal.buffer;
    // The line feed has moved the cursor down, or the line up.
    const text = lineText(active, active.baseY + active.cursorY - 1);
    if (prompt !== undefined && text.startsWith(prompt)) {
      this.#addCommand(text.slice(prompt.length).trim());
    }
    if (active.type === 'alternate') {
      if (this.#remembered.has(text)) {
        return;
      }
      this.#remember(text);
    }
    this.#add(text);
  }

  #addCommand(command: string): void {
    if (
      command !== '' &&
      !command.endsWith(GIVEN_UP) &&
      this.#commands.length < this.#maxCommands
    ) {
      this.#commands.push({
        time: this.time,
        text: command.slice(0, MAX_COMMAND_CHARACTERS),
      });
    }
  }

  #remember(text: string): void {
    if (this.#remembered.size >= MAX_REMEMBERED_ROWS) {
      this.#remembered.clear();
    }
    this.#remembered.add(text);
  }

  #add(text: string): void {
    if (text === '' || this.#isPaused || this.#isTruncated) {
      return;
    }
    // Of the same line again and again, one is found as well.
    if (text === this.#lines[this.#lines.length - 1]?.text) {
      return;
    }
    const bytes = Buffer.byteLength(text);
    if (
      this.#bytes + bytes > this.#maxBytes ||
      this.#lines.length >= MAX_LINES
    ) {
      this.#isTruncated = true;
      return;
    }
    this.#bytes += bytes;
    this.#lines.push({ time: this.time, text });
  }
}

function rowText(buffer: IBuffer, row: number): string {
  return (
    buffer
      .getLine(row)
      ?.translateToString(true)
      .trimEnd()
      .slice(0, MAX_LINE_CHARACTERS) ?? ''
  );
}

/** The line that ends with the row, as far as it is on the screen. */
function lineText(buffer: IBuffer, end: number): string {
  let start = end;
  while (
    start > buffer.baseY &&
    end - start < MAX_LINE_ROWS &&
    buffer.getLine(start)?.isWrapped
  ) {
    start--;
  }
  if (start === end) {
    return rowText(buffer, end);
  }
  let text = '';
  for (let row = start; row <= end; row++) {
    text += buffer.getLine(row)?.translateToString(row === end) ?? '';
  }
  return text.trimEnd().slice(0, MAX_LINE_CHARACTERS);
}
