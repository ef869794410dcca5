import { InputError } from '@backstage/errors';

/** Where a page of a recording's text begins: a part of the sidecar, and a line of that part. Both stay as a recording grows. */
export type TextCursor = { part: number; line: number };

const CURSOR = /^(\d{1,9})\.(\d{1,9})$/;

export function formatTextCursor({ part, line }: TextCursor): string {
  return `${part}.${line}`;
}

/** @throws InputError when it is none */
export function parseTextCursor(text: string): TextCursor {
  const [, part, line] = CURSOR.exec(text) ?? [];
  if (part === undefined) {
    throw new InputError('The cursor is malformed');
  }
  return { part: Number(part), line: Number(line) };
}
