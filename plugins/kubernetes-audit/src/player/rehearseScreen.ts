import { joinBytes } from './screenOperations';
import { untilIdle } from './untilIdle';
import { XtermScreen } from './XtermScreen';

const SIZE = { columns: 80, rows: 24 };

/** What sessions show most: all printable ASCII, plain and bold, in colours, on both screens. */
const ASCII = Array.from({ length: 0x7f - 0x20 }, (_, i) =>
  String.fromCharCode(0x20 + i),
).join('');
/** A little of what other fonts may have to be found for. */
const OTHERS = 'éüß–“”…•→✓│├─█░λДа日本語';
const SAMPLE = sampleOf([ASCII, OTHERS]);
/** Written so often, a little at a time: by then the browser has compiled the emulator for speed, which takes thrice as long in a first seek. */
const REPETITIONS = 6;
const SAMPLES_AT_ONCE = 8;
/** A page that is never idle gets on with it after so many milliseconds. */
const REPEATED_WITHIN = 500;

/**
 * Opens a terminal that nobody sees, draws something, and closes it. The first
 * terminal of a page takes several times as long as those after it: fonts are
 * looked for, styles made and code compiled.
 */
export async function rehearseScreen(fontFamily: string): Promise<void> {
  const frame = document.createElement('div');
  const container = document.createElement('div');
  frame.append(container);
  frame.setAttribute('aria-hidden', 'true');
  // Within the window: what lies outside of it is not drawn.
  frame.style.cssText =
    'position:fixed;inset:0;z-index:-1;visibility:hidden;pointer-events:none;contain:strict';
  document.body.append(frame);
  try {
    const screen = XtermScreen.create({
      container,
      size: SIZE,
      tty: true,
      fontFamily,
    });
    screen.fit();
    await screen.write(SAMPLE);
    screen.reset(SIZE);
    await screen.write(SAMPLE);
    await untilDrawn();
    for (let i = 0; i < REPETITIONS; i++) {
      await untilIdle(REPEATED_WITHIN);
      await screen.write(joinBytes(Array(SAMPLES_AT_ONCE).fill(SAMPLE)));
    }
    screen.dispose();
  } finally {
    frame.remove();
  }
}

/** Lines that scroll by, then a program that fills the screen, line by line and place by place. */
function sampleOf(texts: readonly string[]): Uint8Array {
  const line = texts
    .map(
      text =>
        `\x1b[32m${text}\x1b[0m\t${text}\r\n\x1b[1;34m${text}\x1b[0m\x1b[K\r\n`,
    )
    .join('');
  const rows = Array.from(
    { length: SIZE.rows },
    (_, i) =>
      `\x1b[${i + 1};1H\x1b[7m${i}\x1b[27m \x1b[38;5;${i}m${ASCII.slice(
        0,
        SIZE.columns - 8,
      )}\x1b[m\x1b[K`,
  ).join('');
  return new TextEncoder().encode(
    `${line.repeat(8)}\x1b[?1049h\x1b[H\x1b[2J${rows}\x1b[H${line}\x1b[?1049l`,
  );
}

/** What a frame draws is done when the next one begins. */
async function untilDrawn(): Promise<void> {
  await new Promise(resolve => {
    requestAnimationFrame(() => requestAnimationFrame(resolve));
  });
}
