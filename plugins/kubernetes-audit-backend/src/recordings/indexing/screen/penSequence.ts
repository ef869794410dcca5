import {
  Attributes,
  BLINK,
  BOLD,
  COLOR_MODE,
  colorOf,
  DIM,
  EXTENDED,
  INVERSE,
  INVISIBLE,
  ITALIC,
  OVERLINE,
  PALETTE_16,
  PALETTE_256,
  PROTECTED,
  RGB,
  STRIKETHROUGH,
  UNDERLINE,
  underlineStyle,
} from './attributes';

const SAVE_CURSOR = '\x1b7';
const RESTORE_CURSOR = '\x1b8';
const RESET = '\x1b[m';
const PROTECT = '\x1b[1"q';

/** SGR codes of flags, in the foreground's and in the background's bits. */
const FOREGROUND_CODES = [
  [BOLD, '1'],
  [BLINK, '5'],
  [INVERSE, '7'],
  [INVISIBLE, '8'],
  [STRIKETHROUGH, '9'],
] as const;
const BACKGROUND_CODES = [
  [DIM, '2'],
  [ITALIC, '3'],
  [OVERLINE, '53'],
] as const;

/**
 * Whether SGR alone leads there. It does not where DECRC brought flags back
 * and underline's style, which it does not bring back, had changed since.
 */
export function isPlainPen(pen: Attributes): boolean {
  const underlined = (pen.foreground & UNDERLINE) !== 0;
  return (
    underlined === ((pen.background & EXTENDED) !== 0) &&
    underlined === (underlineStyle(pen.underline) !== 0)
  );
}

/** Sets every attribute of the pen; needs {@link isPlainPen}. */
export function plainPen(pen: Attributes): string {
  return sgr([
    ...colorsAndFlags(pen),
    ...underlineCodes(pen.underline, (pen.foreground & UNDERLINE) !== 0),
  ]).concat(pen.background & PROTECTED ? PROTECT : '');
}

/**
 * Sets every attribute of any pen. Where {@link isPlainPen} does not hold, it
 * saves and restores the cursor: the buffer's saved cursor and the current
 * character set are lost, and the cursor must not stand behind the last column.
 */
export function anyPen(pen: Attributes): string {
  return isPlainPen(pen)
    ? plainPen(pen)
    : savedPen(pen) +
        SAVE_CURSOR +
        underlineOnly(pen.underline) +
        RESTORE_CURSOR;
}

/** The pen's underline alone, with all else reset: what DECRC then adds to. */
export function underlineOnly(underline: number): string {
  return sgr(underlineCodes(underline, underlineStyle(underline) !== 0));
}

/** Sets what DECSC saves of a pen. It may lose what {@link anyPen} may. */
export function savedPen(pen: Attributes): string {
  const underlined = (pen.foreground & UNDERLINE) !== 0;
  const extended = (pen.background & EXTENDED) !== 0;
  const base =
    sgr([...colorsAndFlags(pen), ...(underlined ? ['4'] : [])]) +
    (pen.background & PROTECTED ? PROTECT : '');
  if (underlined === extended) {
    return base;
  }
  // SGR 59 takes the mark from the style, which is other than the flag says.
  return `${base}${SAVE_CURSOR}${
    underlined ? RESET : sgr(['4'])
  }${RESTORE_CURSOR}\x1b[59m`;
}

function sgr(codes: readonly string[]): string {
  return codes.length > 0 ? `\x1b[0;${codes.join(';')}m` : RESET;
}

function colorsAndFlags({ foreground, background }: Attributes): string[] {
  return [
    ...FOREGROUND_CODES.filter(([flag]) => foreground & flag),
    ...BACKGROUND_CODES.filter(([flag]) => background & flag),
  ]
    .map(([, code]): string => code)
    .concat(colorCodes(foreground, 30), colorCodes(background, 40));
}

function underlineCodes(underline: number, underlined: boolean): string[] {
  return [
    ...(underlined ? [`4:${underlineStyle(underline)}`] : []),
    ...colorCodes(underline, 50),
  ];
}

/** @param base - 30 for the foreground, 40 for the background, 50 for underline */
function colorCodes(value: number, base: number): string[] {
  const color = colorOf(value);
  const index = color & 0xff;
  switch (color & COLOR_MODE) {
    case PALETTE_16:
      return [String(index < 8 ? base + index : base + 60 + index - 8)];
    case PALETTE_256:
      return [`${base + 8};5;${index}`];
    case RGB:
      return [
        `${base + 8};2;${(color >>> 16) & 0xff};${
          (color >>> 8) & 0xff
        };${index}`,
      ];
    default:
      return [];
  }
}
