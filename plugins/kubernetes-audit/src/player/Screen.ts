import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';

/** Where a recording is replayed: a terminal that only shows. */
export interface Screen {
  /** Shows bytes of output; resolves when they are on the screen. */
  write(data: Uint8Array): Promise<void>;
  resize(size: TerminalSize): void;
  /** Forgets everything, before what is written next, and takes the size. */
  reset(size: TerminalSize): void;
  /**
   * Whether lines that leave the screen from now on are kept above it, for the
   * viewer to scroll back to. That takes longer than to show them.
   */
  keepLines(areKept: boolean): void;
}

/**
 * How a terminal that is larger than its window is shown: in smaller type, or
 * in parts that the viewer scrolls to.
 */
export type Scaling = 'fit' | 'scroll';

/** A screen with somebody in front of it. */
export interface ViewedScreen extends Screen {
  /** The text that the viewer has selected. */
  readonly selection: string;
  /** @returns what ends it */
  onSelectionChange(listener: () => void): () => void;
  setScaling(scaling: Scaling): void;
  /** Takes time now, while nothing else is to do, that a seek would take. */
  prepare(): void;
}
