/** Of a character, in pixels. */
export type CharacterSize = { width: number; height: number };

const known = new Map<string, FontMetrics>();

/** How large the characters of a font are: to ask the browser takes long, so each answer is kept. */
export class FontMetrics {
  readonly #family: string;
  readonly #context: OffscreenCanvasRenderingContext2D;
  /** By size of the type. */
  readonly #sizes = new Map<number, CharacterSize>();

  /** Of a font, or of the first one there is of a list; undefined where it cannot be measured. */
  static of(family: string): FontMetrics | undefined {
    const metrics = known.get(family) ?? FontMetrics.#create(family);
    if (metrics) {
      known.set(family, metrics);
    }
    return metrics;
  }

  static #create(family: string): FontMetrics | undefined {
    const context =
      typeof OffscreenCanvas === 'undefined'
        ? undefined
        : new OffscreenCanvas(1, 1).getContext('2d');
    return context ? new FontMetrics(family, context) : undefined;
  }

  private constructor(
    family: string,
    context: OffscreenCanvasRenderingContext2D,
  ) {
    this.#family = family;
    this.#context = context;
  }

  /** @param fontSize - in pixels */
  measure(fontSize: number): CharacterSize {
    const size = this.#sizes.get(fontSize) ?? this.#ask(fontSize);
    this.#sizes.set(fontSize, size);
    return size;
  }

  #ask(fontSize: number): CharacterSize {
    this.#context.font = `${fontSize}px ${this.#family}`;
    const { width, fontBoundingBoxAscent, fontBoundingBoxDescent } =
      this.#context.measureText('W');
    return {
      width,
      height: Math.ceil(fontBoundingBoxAscent + fontBoundingBoxDescent),
    };
  }
}
