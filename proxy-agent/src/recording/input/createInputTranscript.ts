import type { InputTranscript } from './InputTranscript';
import { PipedInput } from './PipedInput';
import { TerminalInput } from './TerminalInput';

/** @param tty - whether the session has a terminal, which echoes what is typed */
export function createInputTranscript(tty: boolean): InputTranscript {
  return tty ? TerminalInput.create() : PipedInput.create();
}
