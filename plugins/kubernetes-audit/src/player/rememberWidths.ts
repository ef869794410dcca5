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
/** Scripts whose characters are mostly as wide as each other, and some that would be otherwise in a font where they are not. */
const EVEN_SCRIPTS: readonly EvenScript[] = [
  { has: /^[\u3400-\u4dbf\u4e00-\u9fff]$/, samples: ['一', '語'] },
  {
    has: /^[\u3041-\u3096\u30a1-\u30fa\u30fc]$/,
    samples: ['り', 'ノ', 'あ', 'ー'],
  },
  { has: /^[\uac00-\ud7a3]$/, samples: ['이', '뷁'] },
];
/** Of all that sessions show beyond ASCII the most frequent; each may take a font of its own to be found. */
const FREQUENT = [...'éüß–“”…•→✓│├─└█░λДа'];
/** Of these the first are the plain and the bold one. */
const FREQUENT_STYLES = 2;
/** If these are as wide as the mean of the sample, all of it is. */
const NARROW_AND_WIDE = ['i', '.', 'm', 'W'];
/** Widths of one character that differ by less are the same, in pixels. */
const SAME_CELL = 0.001;
/** Widths of the sample that differ by less are the same, in pixels. */
const SAME_WIDTH = 0.5;

/** Widths of one font that are remembered: a recording may show every character that there is. */
const MAX_WIDTHS = 10_000;

/** Characters that are as wide as each other if the samples are. */
type EvenScript = { has: RegExp; samples: readonly string[] };

/** A font of one size and style. */
type Font = {
  /** In pixels, by text. */
  widths: Map<string, number>;
  /** Measures without a layout of the page; absent where the page draws otherwise. */
  canvas: OffscreenCanvasRenderingContext2D | undefined;
  /** Of each character of printable ASCII in pixels, where all have the same. */
  cell: number | undefined;
  /** Of one character in pixels; undefined where the script's have not all the same. */
  scripts: Map<EvenScript, number | undefined>;
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

/**
 * Measures what sessions show most, in the type that the terminal has now: the
 * first time that a character is drawn is often in a seek.
 */
export function measureFrequent(container: HTMLElement): void {
  const elements = container.querySelectorAll<HTMLElement>(MEASURING_ELEMENTS);
  for (const element of [...elements].slice(0, FREQUENT_STYLES)) {
    const font = fontOf(element);
    if (font.canvas) {
      EVEN_SCRIPTS.forEach(script => widthInScript(font, script));
      FREQUENT.forEach(character => font.canvas?.measureText(character));
    }
  }
}

function widthOf(element: HTMLElement): number {
  const text = element.textContent ?? '';
  const font = fontOf(element);
  const { widths, canvas, cell } = font;
  if (cell !== undefined && PRINTABLE.test(text)) {
    return Math.round(cell * text.length);
  }
  const known = widths.get(text);
  if (known !== undefined) {
    return known;
  }
  const width = Math.round(
    canvas ? widthOnCanvas(font, canvas, text) : measure(element, text),
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
    scripts: new Map<EvenScript, number | undefined>(),
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
  font: Font,
  canvas: OffscreenCanvasRenderingContext2D,
  text: string,
): number {
  const [first = ''] = text;
  const times = text.length / first.length;
  if (!NEVER_JOINED.test(first) || first.repeat(times) !== text) {
    return canvas.measureText(text).width;
  }
  const script = EVEN_SCRIPTS.find(({ has }) => has.test(first));
  const width = script && widthInScript(font, script);
  return (width ?? canvas.measureText(first).width) * times;
}

/** Of one character; the browser takes up to a millisecond to find the font of each. */
function widthInScript(font: Font, script: EvenScript): number | undefined {
  if (!font.scripts.has(script)) {
    font.scripts.set(script, evenWidth(font.canvas, script.samples));
  }
  return font.scripts.get(script);
}

/** Of each of the samples; undefined where they are not all as wide. */
function evenWidth(
  canvas: OffscreenCanvasRenderingContext2D | undefined,
  samples: readonly string[],
): number | undefined {
  const [first, ...others] = samples.map(
    sample => canvas?.measureText(sample).width,
  );
  const isOfAll =
    first !== undefined &&
    others.every(width => Math.abs((width ?? NaN) - first) < SAME_CELL);
  return isOfAll ? first : undefined;
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
