/** The emulator's elements, one for each style, in which it measures a character. */
const MEASURING_ELEMENTS = '.xterm-width-cache-measure-container > span';

/** All printable ASCII: the page and a canvas must agree on how wide it is. */
const SAMPLE = Array.from({ length: 0x7f - 0x20 }, (_, i) =>
  String.fromCharCode(0x20 + i),
).join('');
const PRINTABLE = /^[ -~]+$/;
/** Each stands alone, whatever is beside it. */
const NEVER_JOINED =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{S}\p{P}]$/u;
/** If these are as wide as the mean of the sample, all of it is. */
const NARROW_AND_WIDE = ['i', '.', 'm', 'W'];
/** Widths of one character that differ by less are the same, in pixels. */
const SAME_CELL = 0.001;
/** Widths of the sample that differ by less are the same, in pixels. */
const SAME_WIDTH = 0.5;

/** Widths of one font that are remembered: a recording may show every character that there is. */
const MAX_WIDTHS = 10_000;

/** A font of one size and style. */
type Font = {
  /** In pixels, by text. */
  widths: Map<string, number>;
  /** Measures without a layout of the page; absent where the page draws otherwise. */
  canvas: OffscreenCanvasRenderingContext2D | undefined;
  /** Of each character of printable ASCII in pixels, where all have the same. */
  cell: number | undefined;
};

/** The same in all terminals of the page. */
const fonts = new Map<string, Font>();

/**
 * Lets the emulator measure each character once in the life of a page, and
 * beside the page where that gives the same. It measures every character that
 * it draws for the first time in the middle of drawing, each time with a layout
 * of the page, and forgets it with its terminal.
 *
 * @param container - of an open terminal
 */
export function rememberWidths(container: HTMLElement): void {
  for (const element of container.querySelectorAll<HTMLElement>(
    MEASURING_ELEMENTS,
  )) {
    Object.defineProperty(element, 'offsetWidth', {
      configurable: true,
      get: () => widthOf(element),
    });
  }
}

function widthOf(element: HTMLElement): number {
  const text = element.textContent ?? '';
  const { widths, canvas, cell } = fontOf(element);
  if (cell !== undefined && PRINTABLE.test(text)) {
    return Math.round(cell * text.length);
  }
  const known = widths.get(text);
  if (known !== undefined) {
    return known;
  }
  const width = Math.round(
    canvas ? widthOnCanvas(canvas, text) : measure(element, text),
  );
  // What is not shown has none, now.
  if (width > 0) {
    if (widths.size >= MAX_WIDTHS) {
      widths.clear();
    }
    widths.set(text, width);
  }
  return width;
}

/** The emulator sets the family and the size of the type on the elements' parent. */
function fontOf(element: HTMLElement): Font {
  const { fontStyle, fontWeight } = element.style;
  const { fontSize, fontFamily } = element.parentElement?.style ?? {};
  const name = [
    fontStyle || 'normal',
    fontWeight || 'normal',
    fontSize,
    fontFamily,
  ].join(' ');
  const key = `${name} ${window.devicePixelRatio}`;
  const known = fonts.get(key);
  if (known) {
    return known;
  }
  const inPage = measure(element, SAMPLE);
  const context = contextOf(name);
  const isSame =
    context !== undefined &&
    Math.abs(context.measureText(SAMPLE).width - inPage) < SAME_WIDTH;
  const font = {
    widths: new Map<string, number>(),
    canvas: isSame ? context : undefined,
    cell: isSame ? cellOf(context) : undefined,
  };
  if (inPage > 0) {
    fonts.set(key, font);
  }
  return font;
}

function contextOf(
  font: string,
): OffscreenCanvasRenderingContext2D | undefined {
  const context =
    typeof OffscreenCanvas === 'undefined'
      ? undefined
      : new OffscreenCanvas(1, 1).getContext('2d') ?? undefined;
  if (context) {
    context.font = font;
    context.fontKerning = 'none';
  }
  return context;
}

function cellOf(context: OffscreenCanvasRenderingContext2D) {
  const cell = context.measureText(SAMPLE).width / SAMPLE.length;
  const isOfAll = NARROW_AND_WIDE.every(
    character =>
      Math.abs(context.measureText(character).width - cell) < SAME_CELL,
  );
  return isOfAll ? cell : undefined;
}

/** The emulator asks for a character many times over: one is enough where characters do not join. */
function widthOnCanvas(
  canvas: OffscreenCanvasRenderingContext2D,
  text: string,
): number {
  const [first = ''] = text;
  const times = text.length / first.length;
  return NEVER_JOINED.test(first) && first.repeat(times) === text
    ? canvas.measureText(first).width * times
    : canvas.measureText(text).width;
}

/** With a layout of the page, in a copy of the element. */
function measure(element: HTMLElement, text: string): number {
  const copy = element.cloneNode() as HTMLElement;
  copy.textContent = text;
  element.parentElement?.append(copy);
  const { width } = copy.getBoundingClientRect();
  copy.remove();
  return width;
}
