/**
 * How a cell or the pen is drawn, in the emulator's own bits: two colours with
 * flags above them, and underline's colour with its style above it.
 */
export type Attributes = {
  foreground: number;
  background: number;
  underline: number;
};

export const DEFAULT_ATTRIBUTES: Attributes = {
  foreground: 0,
  background: 0,
  underline: 0,
};

/** Which kind of colour the lower bits are: 0 the terminal's own. */
export const COLOR_MODE = 0x3000000;
export const PALETTE_16 = 0x1000000;
export const PALETTE_256 = 0x2000000;
export const RGB = 0x3000000;

/** Flags above the foreground's colour. */
export const INVERSE = 0x4000000;
export const BOLD = 0x8000000;
export const UNDERLINE = 0x10000000;
export const BLINK = 0x20000000;
export const INVISIBLE = 0x40000000;
export const STRIKETHROUGH = 0x80000000;

/** Flags above the background's colour. */
export const ITALIC = 0x4000000;
export const DIM = 0x8000000;
/** The emulator's mark that {@link Attributes.underline} counts. */
export const EXTENDED = 0x10000000;
export const PROTECTED = 0x20000000;
export const OVERLINE = 0x40000000;

const FLAGS = 0xfc000000;
const UNDERLINE_STYLE_SHIFT = 26;
const UNDERLINE_STYLE = 7;

/** Without bits that mean nothing: a palette's index leaves parts of an earlier RGB colour beside it. */
export function normalized(value: number): number {
  return ((value & FLAGS) | colorOf(value)) >>> 0;
}

/** A colour without the flags above it. */
export function colorOf(value: number): number {
  switch (value & COLOR_MODE) {
    case 0:
      return 0;
    case RGB:
      return value & (COLOR_MODE | 0xffffff);
    default:
      return value & (COLOR_MODE | 0xff);
  }
}

/** Whether there is nothing but a colour. */
export function hasNoFlags(value: number): boolean {
  return (value & FLAGS) === 0;
}

/** 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed. */
export function underlineStyle(underline: number): number {
  return (underline >>> UNDERLINE_STYLE_SHIFT) & UNDERLINE_STYLE;
}

export function isSame(a: Attributes, b: Attributes): boolean {
  return (
    a.foreground === b.foreground &&
    a.background === b.background &&
    a.underline === b.underline
  );
}
