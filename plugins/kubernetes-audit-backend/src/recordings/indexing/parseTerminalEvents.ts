import {
  recordingHeaderSchema,
  TerminalSize,
} from 'backstage-plugin-kubernetes-audit-common';

/** The size in a resize event; undefined when it is none. */
export function parseSize(data: Uint8Array): TerminalSize | undefined {
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(Buffer.from(data).toString());
  return match
    ? { columns: Number(match[1]), rows: Number(match[2]) }
    : undefined;
}

/** What a header event says of the terminal; undefined when it is none. */
export function parseTerminal(
  data: Uint8Array,
): { size: TerminalSize; tty: boolean } | undefined {
  try {
    const result = recordingHeaderSchema
      .pick({ size: true, tty: true })
      .safeParse(JSON.parse(Buffer.from(data).toString('utf8')));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
