import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';

/** Digits of the number in the file: one write of few bytes in place is whole or not there. */
const DIGITS = 16;
const NUMBER = /^\d{16}$/;

/**
 * Up to which record the portal has acknowledged, kept in a small file. It is
 * not synced: an old number does no more harm than that records are sent again.
 */
export class AcknowledgedCursor {
  readonly #handle: number;
  #sequence: number;

  /** @throws Error when the file can be neither opened nor made */
  static open(file: string): AcknowledgedCursor {
    const handle = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    const bytes = Buffer.alloc(DIGITS);
    const length = readSync(handle, bytes, 0, DIGITS, 0);
    const text = bytes.toString('latin1', 0, length);
    const sequence = NUMBER.test(text) ? Number(text) : 0;
    return new AcknowledgedCursor(
      handle,
      // What is no number of ours counts as nothing: then records are sent again.
      Number.isSafeInteger(sequence) ? sequence : 0,
    );
  }

  private constructor(handle: number, sequence: number) {
    this.#handle = handle;
    this.#sequence = sequence;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** @throws Error when the disk does not take it */
  write(sequence: number): void {
    this.#sequence = sequence;
    writeSync(this.#handle, `${sequence}`.padStart(DIGITS, '0'), 0, 'latin1');
  }

  close(): void {
    closeSync(this.#handle);
  }
}
