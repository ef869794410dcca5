import type {
  RecordingEvent,
  TerminalSize,
} from 'backstage-plugin-kubernetes-audit-common';

/** What the screen is told to do. */
export type ScreenOperation =
  | { type: 'write'; data: Uint8Array }
  | { type: 'resize'; size: TerminalSize };

/** A larger terminal than this is an attempt to take the viewer's memory. */
const MAX_COLUMNS = 1000;
const MAX_ROWS = 500;

/** The size within what a viewer's terminal may have. */
export function limitSize(size: TerminalSize): TerminalSize {
  return {
    columns: Math.min(Math.max(size.columns, 1), MAX_COLUMNS),
    rows: Math.min(Math.max(size.rows, 1), MAX_ROWS),
  };
}

/**
 * Turns events into as few operations as show the same: an emulator is several
 * times faster on one large write than on many small ones. Input is not shown,
 * for the terminal echoed what it wanted seen.
 */
export function toScreenOperations(
  events: readonly RecordingEvent[],
): ScreenOperation[] {
  const operations: ScreenOperation[] = [];
  let pending: Uint8Array[] = [];
  const flush = () => {
    if (pending.length > 0) {
      operations.push({ type: 'write', data: joinBytes(pending) });
      pending = [];
    }
  };
  for (const event of events) {
    if (event.type === 'output' || event.type === 'error') {
      pending.push(event.data);
    } else if (event.type === 'resize') {
      const size = parseSize(event.data);
      if (size) {
        flush();
        operations.push({ type: 'resize', size });
      }
    }
  }
  flush();
  return operations;
}

function parseSize(data: Uint8Array): TerminalSize | undefined {
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(new TextDecoder().decode(data));
  return match
    ? limitSize({ columns: Number(match[1]), rows: Number(match[2]) })
    : undefined;
}

/** The parts one behind the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) {
    return parts[0];
  }
  const whole = new Uint8Array(
    parts.reduce((length, part) => length + part.length, 0),
  );
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
