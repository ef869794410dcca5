import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';

/** Where a recording is replayed: a terminal that only shows. */
export interface Screen {
  /** Shows bytes of output; resolves when they are on the screen. */
  write(data: Uint8Array): Promise<void>;
  resize(size: TerminalSize): void;
  /** Forgets everything and takes the size. */
  reset(size: TerminalSize): void;
}
