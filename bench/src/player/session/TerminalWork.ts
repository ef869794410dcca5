import { SeededRandom } from './SeededRandom';

/** The terminal that the sessions are of. */
export const SIZE = { columns: 160, rows: 48 };

const MICROSECONDS_PER_SECOND = 1_000_000;

const ESC = '\x1b';
const RESET = `${ESC}[0m`;
const colour = (code: number | string, text: number | string) =>
  `${ESC}[${code}m${text}${RESET}`;
const moveTo = (row: number) => `${ESC}[${row};1H`;

const NAMES = [
  'checkout',
  'payments',
  'ledger',
  'search',
  'catalogue',
  'basket',
  'identity',
  'gateway',
  'über-cache',
  'mailer',
];
const MESSAGES = [
  'request completed',
  'cache miss, asking the database',
  'retrying after a timeout',
  'connection accepted',
  'slow query',
  'token refreshed',
  'queue drained → 0 left',
  '日本語のログ行 is passed through',
];
const LEVELS: [string, number][] = [
  ['DEBUG', 90],
  ['INFO ', 32],
  ['INFO ', 32],
  ['INFO ', 32],
  ['WARN ', 33],
  ['ERROR', 31],
];
const KEYWORDS = ['const', 'return', 'await', 'export', 'function', 'throw'];

/** Puts output into the session, so many microseconds after what came before. */
export type Emit = (pauseMicroseconds: number, output: string) => void;

/**
 * What people do in a terminal all day: they type commands, list files, follow
 * logs, watch `top` and edit files. Each step is a few seconds or minutes of
 * it. The same seed does the same.
 */
export class TerminalWork {
  readonly #random: SeededRandom;
  readonly #emit: Emit;
  readonly #maxLines: number;
  #line = 0;

  /** @param options - `maxLines`: lines that a command prints, at the most */
  static create(options: {
    random: SeededRandom;
    emit: Emit;
    maxLines: number;
  }): TerminalWork {
    return new TerminalWork(options);
  }

  private constructor(options: {
    random: SeededRandom;
    emit: Emit;
    maxLines: number;
  }) {
    this.#random = options.random;
    this.#emit = options.emit;
    this.#maxLines = options.maxLines;
  }

  /** The next thing that somebody does. */
  step(): void {
    const roll = this.#random.next();
    if (roll < 0.2) {
      this.#list();
    } else if (roll < 0.55) {
      this.#followLog();
    } else if (roll < 0.7) {
      this.#watchTop(this.#random.integer(5, 20), 'shop-5d8f');
      this.leaveTop();
    } else if (roll < 0.85) {
      this.#edit();
    } else {
      this.#printFile();
    }
    this.#pause();
  }

  /** What a session begins with, at once. */
  greet(text: string): void {
    this.#emit(0, `${colour('1;33', `This session is recorded: ${text}`)}\r\n`);
    this.#prompt(60_000);
  }

  /** Prints a text that is nowhere else, on the shell. */
  markOnShell(text: string): void {
    this.#type(`echo ${text}`);
    this.#emit(2000, `${colour('1;35', text)}\r\n`);
    this.#prompt(3000);
  }

  /** The same in the title of a program that fills the screen, and stays. */
  markInTop(text: string): void {
    this.#watchTop(3, text);
  }

  leaveTop(): void {
    this.#emit(700_000, `${ESC}[?1l${ESC}>${moveTo(SIZE.rows)}\r\n`);
  }

  /** Microseconds that pass while nothing happens. */
  rest(seconds: number): void {
    this.#emit(seconds * MICROSECONDS_PER_SECOND, '');
  }

  #pause(): void {
    const isLong = this.#random.next() < 0.05;
    this.rest(
      isLong ? this.#random.integer(10, 60) : this.#random.integer(1, 4),
    );
  }

  #prompt(pause: number): void {
    const branch = this.#random.hex(7);
    this.#emit(
      pause,
      `${ESC}[?2004h${colour('1;32', 'app@shop-5d8f')}:${colour(
        '1;34',
        '~/work',
      )} ${colour(33, `(${branch})`)}$ `,
    );
  }

  #type(command: string): void {
    for (const key of command) {
      this.#emit(this.#random.integer(30_000, 180_000), key);
    }
    this.#emit(120_000, `\r\n${ESC}[?2004l`);
  }

  #list(): void {
    const random = this.#random;
    this.#prompt(20_000);
    this.#type(`ls -la --color /srv/${random.pick(NAMES)}`);
    this.#lines(random.integer(20, 160), 3000, () => {
      const name = `${random.pick(NAMES)}-${random.hex(8)}`;
      const size = String(random.integer(100, 9_999_999)).padStart(9);
      const isDirectory = random.next() < 0.3;
      return `${
        isDirectory ? 'drwxr-xr-x' : '-rw-r--r--'
      }  1 app  app ${size} Nov ${random.integer(
        10,
        22,
      )} ${this.#clock()} ${colour(isDirectory ? '1;34' : 0, name)}`;
    });
  }

  #followLog(): void {
    const random = this.#random;
    this.#prompt(20_000);
    this.#type(`kubectl logs -f deploy/${random.pick(NAMES)}`);
    const perSecond = random.integer(100, 2000);
    this.#lines(
      Math.min(random.integer(2, 20) * perSecond, this.#maxLines),
      Math.round(MICROSECONDS_PER_SECOND / perSecond),
      () => this.#logLine(),
    );
    this.#emit(400_000, '^C\r\n');
  }

  /** A large file, as fast as the terminal takes it. */
  #printFile(): void {
    this.#prompt(20_000);
    this.#type(`cat /var/log/${this.#random.pick(NAMES)}.log`);
    this.#lines(
      this.#random.integer(this.#maxLines / 6, this.#maxLines),
      15,
      () => this.#logLine(),
    );
  }

  #logLine(): string {
    const random = this.#random;
    const [level, code] = random.pick(LEVELS);
    return `${colour(
      90,
      `2026-11-22T${this.#clock()}.${random.integer(100, 999)}Z`,
    )} ${colour(code, level)} ${colour(36, random.pick(NAMES))} line=${this
      .#line++} trace=${random.hex(16)} ${random.pick(
      MESSAGES,
    )} ${random.integer(1, 900)} ms`;
  }

  /** In writes of about a page each, as a terminal gives them on. */
  #lines(count: number, pausePerLine: number, line: () => string): void {
    let written = 0;
    while (written < count) {
      const together = Math.min(this.#random.integer(1, 12), count - written);
      let output = '';
      for (let i = 0; i < together; i++) {
        output += `${line()}\r\n`;
      }
      written += together;
      this.#emit(pausePerLine * together, output);
    }
  }

  #watchTop(refreshes: number, title: string): void {
    const random = this.#random;
    this.#prompt(20_000);
    this.#type('top');
    this.#emit(30_000, `${ESC}[?1h${ESC}=${ESC}[H${ESC}[2J`);
    for (let refresh = 0; refresh < refreshes; refresh++) {
      let head = `${ESC}[H${colour(1, `top - ${title}`)} up 12 days, load ${(
        random.next() * 4
      ).toFixed(2)}${ESC}[K\r\n`;
      head += `Tasks: ${random.integer(80, 300)} total, ${colour(
        1,
        random.integer(1, 9),
      )} running${ESC}[K\r\n${ESC}[K\r\n`;
      this.#emit(refresh === 0 ? 50_000 : 1_500_000, head);
      let body = colour(
        7,
        '    PID USER      PR  NI    VIRT    RES  %CPU COMMAND'.padEnd(
          SIZE.columns,
        ),
      );
      for (let row = 0; row < SIZE.rows - 6; row++) {
        const busy = random.integer(0, 999);
        body += `\r\n${colour(
          busy > 700 ? '1' : '0',
          `${String(random.integer(1, 99_999)).padStart(
            7,
          )} app       20   0 ${String(
            random.integer(10_000, 999_999),
          ).padStart(7)} ${String(random.integer(1000, 99_999)).padStart(6)} ${(
            busy / 10
          ).toFixed(1)}`,
        )} /usr/bin/${random.pick(NAMES)}${ESC}[K`;
      }
      this.#emit(2000, `${body}${ESC}[J`);
    }
  }

  /** An editor on the alternate screen: pages, keys, a status line. */
  #edit(): void {
    const random = this.#random;
    this.#prompt(20_000);
    this.#type(`vim src/${random.pick(NAMES)}.ts`);
    this.#emit(
      40_000,
      `${ESC}[?1049h${ESC}[?1h${ESC}=${ESC}[1;${SIZE.rows}r${ESC}[H${ESC}[2J`,
    );
    const pages = random.integer(3, 12);
    for (let page = 0; page < pages; page++) {
      let screen = `${ESC}[?25l`;
      for (let row = 1; row < SIZE.rows; row++) {
        screen += `${moveTo(row)}${this.#codeLine(
          page * SIZE.rows + row,
        )}${ESC}[K`;
      }
      screen += `${moveTo(SIZE.rows)}${colour(
        7,
        `"src/app.ts" ${page * SIZE.rows}L`.padEnd(SIZE.columns - 1),
      )}${moveTo(12)}${ESC}[?25h`;
      this.#emit(random.integer(200_000, 900_000), screen);
      const keys = random.integer(5, 30);
      for (let key = 0; key < keys; key++) {
        this.#emit(
          random.integer(40_000, 200_000),
          `${ESC}[12;${10 + key}H${colour(32, random.hex(1))}${ESC}[${
            SIZE.rows
          };140H12,${10 + key}  ${ESC}[12;${11 + key}H`,
        );
      }
    }
    this.#emit(300_000, `${ESC}[r${ESC}[?1l${ESC}>${ESC}[?1049l`);
  }

  #codeLine(number: number): string {
    const random = this.#random;
    return `${colour(33, String(number).padStart(4))} ${' '.repeat(
      2 * random.integer(0, 4),
    )}${colour(35, random.pick(KEYWORDS))} ${random.pick(NAMES)}${random.hex(
      4,
    )} = ${colour(32, `'${random.hex(random.integer(4, 40))}'`)}; ${colour(
      90,
      `// ${random.pick(MESSAGES)}`,
    )}`;
  }

  #clock(): string {
    const two = (below: number) =>
      String(this.#random.integer(0, below - 1)).padStart(2, '0');
    return `${two(24)}:${two(60)}:${two(60)}`;
  }
}
