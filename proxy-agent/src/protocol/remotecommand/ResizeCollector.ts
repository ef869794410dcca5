import { ProtocolError } from '../ProtocolError';
import { RemoteCommandEvent } from './RemoteCommandTap';

/** The most bytes of an unfinished terminal size. */
export const MAX_RESIZE_BYTES = 4 * 1024;

/** The server's type is an unsigned 16-bit integer. */
const MAX_SIZE = 0xffff;

type ResizeEvent = Extract<RemoteCommandEvent, { type: 'resize' }>;

/**
 * Collects the resize channel or stream, which is JSON objects one after the
 * other (`{"Width":120,"Height":40}\n`), cut anywhere. The server reads them as
 * a stream, so a message may hold several or a part. What is no terminal size
 * is passed over.
 */
export class ResizeCollector {
  private rest = '';

  private constructor() {}

  static create(): ResizeCollector {
    return new ResizeCollector();
  }

  /** @throws ProtocolError */
  push(data: Buffer): ResizeEvent[] {
    const pieces = (this.rest + data.toString('latin1')).split('}');
    this.rest = pieces.pop() ?? '';
    if (this.rest.length > MAX_RESIZE_BYTES) {
      throw new ProtocolError('too_large', 'Terminal size too large');
    }
    return pieces.flatMap(piece => parseSize(`${piece}}`) ?? []);
  }
}

function parseSize(text: string): ResizeEvent | undefined {
  let size: unknown;
  try {
    size = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof size !== 'object' || size === null) {
    return undefined;
  }
  // Go matches the names of fields in any case.
  const fields = new Map<string, unknown>(
    Object.entries(size).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const columns = fields.get('width');
  const rows = fields.get('height');
  return isSize(columns) && isSize(rows)
    ? { type: 'resize', columns, rows }
    : undefined;
}

function isSize(value: unknown): value is number {
  return (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= 1 &&
    value <= MAX_SIZE
  );
}
