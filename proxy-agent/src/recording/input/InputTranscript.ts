/** Stands in a recording for what a user typed that may be a secret, however long that was. */
export const MASKED = '<masked>';

/** Decides what of a session's input is recorded. */
export interface InputTranscript {
  /** @returns what is recorded now; it may have been typed before */
  typed(data: Uint8Array): Buffer;
  /** What the user gets to see. @returns what is recorded now of what was typed */
  shown(data: Uint8Array): Buffer;
  /** @returns what stands for all that is not decided yet */
  end(): Buffer;
}
