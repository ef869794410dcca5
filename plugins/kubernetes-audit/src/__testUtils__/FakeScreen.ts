import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';
import type { Screen } from '../player';

/** A screen that remembers what it was told. */
export class FakeScreen implements Screen {
  /** What has been written since the last reset. */
  text = '';
  readonly sizes: TerminalSize[] = [];
  /** Writes and resizes in the order in which they took effect. */
  readonly history: string[] = [];
  resets = 0;

  async write(data: Uint8Array): Promise<void> {
    // An emulator takes its time.
    await Promise.resolve();
    const text = new TextDecoder().decode(data);
    this.text += text;
    this.history.push(text);
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
}
