import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';
import type { Scaling, ViewedScreen } from '../player';

/** A screen that remembers what it was told. */
export class FakeScreen implements ViewedScreen {
  /** What has been written since the last reset. */
  text = '';
  readonly sizes: TerminalSize[] = [];
  /** Writes and resizes in the order in which they took effect. */
  readonly history: string[] = [];
  resets = 0;
  keepsLines = true;
  selection = '';
  scaling: Scaling = 'fit';
  readonly #onSelection = new Set<() => void>();

  async write(data: Uint8Array): Promise<void> {
    // An emulator takes its time.
    await Promise.resolve();
    const text = new TextDecoder().decode(data);
    if (text) {
      this.text += text;
      this.history.push(text);
    }
  }

  resize(size: TerminalSize): void {
    this.sizes.push(size);
    this.history.push(`${size.columns}x${size.rows}`);
  }

  reset(size: TerminalSize): void {
    this.text = '';
    this.resets++;
    this.resize(size);
  }

  keepLines(areKept: boolean): void {
    this.keepsLines = areKept;
  }

  onSelectionChange(listener: () => void): () => void {
    this.#onSelection.add(listener);
    return () => this.#onSelection.delete(listener);
  }

  select(text: string): void {
    this.selection = text;
    this.#onSelection.forEach(listener => listener());
  }

  prepare(): void {}

  setScaling(scaling: Scaling): void {
    this.scaling = scaling;
  }
}
