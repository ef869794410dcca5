import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';
import type { Screen } from '../player';

/** A screen that remembers what it was told. */
export class FakeScreen implements Screen {
  /** What has been written since the last reset. */
  text = '';
  readonly sizes: TerminalSize[] = [];
  resets = 0;

  async write(data: Uint8Array): Promise<void> {
    this.text += new TextDecoder().decode(data);
  }

  resize(size: TerminalSize): void {
    this.sizes.push(size);
  }

  reset(size: TerminalSize): void {
    this.text = '';
    this.resets++;
    this.resize(size);
  }
}
