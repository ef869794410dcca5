import {
  encodeKeyframe,
  KeyframeError,
  MAX_KEYFRAME_PAYLOAD_BYTES,
} from 'backstage-plugin-kubernetes-audit-common';
import type { Terminal } from '@xterm/headless';
import { paintRows, UnpaintableError } from './paintRows';
import {
  isDefaultSavedCursor,
  paintBufferSettings,
  paintSavedCursor,
} from './paintBufferSettings';
import { paintCursorAndModes } from './paintCursorAndModes';
import { SequenceWriter } from './SequenceWriter';
import { isAtRest, readTerminalState, TerminalState } from './terminalState';

const ALTERNATE_SCREEN = '\x1b[?47h';
const NORMAL_SCREEN = '\x1b[?47l';

/**
 * The terminal's screen as a keyframe, encoded. Any number of bytes written
 * after it lead to the same cells and cursor as they would here. What is above
 * the screen, the title, hyperlinks and mouse reporting are not in it.
 *
 * @param time - microseconds since the recording's start
 * @returns undefined at a moment that cannot be written: within an escape sequence or a character, in rare states that only time leads to, or of more bytes than a keyframe may have. The next event is likely to lead to one that can.
 */
export function writeKeyframe(
  terminal: Terminal,
  time: number,
): Uint8Array | undefined {
  const payload = isAtRest(terminal)
    ? describeScreen(readTerminalState(terminal))
    : undefined;
  if (payload === undefined || payload.length > MAX_KEYFRAME_PAYLOAD_BYTES) {
    return undefined;
  }
  try {
    return encodeKeyframe({
      columns: terminal.cols,
      rows: terminal.rows,
      time,
      payload: Buffer.from(payload),
    });
  } catch (error) {
    if (error instanceof KeyframeError) {
      return undefined;
    }
    throw error;
  }
}

function describeScreen(state: TerminalState): string | undefined {
  const writer = SequenceWriter.create();
  try {
    paintScreen(state, writer);
  } catch (error) {
    if (error instanceof UnpaintableError) {
      return undefined;
    }
    throw error;
  }
  return writer.text;
}

/** From what is forgotten least to what is forgotten with the next sequence. */
function paintScreen(state: TerminalState, writer: SequenceWriter): void {
  const { normal, alternate } = state;
  if (!state.isAlternate) {
    // Of the alternate screen only the saved cursor outlives its leaving.
    paintSavedCursorAside(state, writer);
  }
  paintRows(normal.rows, state, writer);
  paintBufferSettings(normal, state, writer);
  if (state.isAlternate) {
    writer.moveTo(
      Math.min(normal.cursor.column, state.columns - 1),
      normal.cursor.row,
    );
    writer.switchScreen(ALTERNATE_SCREEN);
    paintRows(alternate.rows, state, writer);
    paintBufferSettings(alternate, state, writer);
  }
  paintCursorAndModes(state, writer);
}

function paintSavedCursorAside(
  state: TerminalState,
  writer: SequenceWriter,
): void {
  if (!isDefaultSavedCursor(state.alternate.saved)) {
    writer.switchScreen(ALTERNATE_SCREEN);
    paintSavedCursor(state.alternate.saved, state, writer);
    writer.switchScreen(NORMAL_SCREEN);
  }
}
