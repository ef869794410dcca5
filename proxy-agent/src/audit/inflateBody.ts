import {
  gunzipSync,
  inflateRawSync,
  inflateSync,
  ZlibOptions,
} from 'node:zlib';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);

/** Whether bytes begin as those of a gzip file do. */
export function isGzip(content: Buffer): boolean {
  return content.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC);
}

/**
 * A body as it was before its `Content-Encoding`, or undefined when that is
 * unknown, the bytes are not so encoded, or the result exceeds the limit. A
 * gzip file is recognised without the header.
 *
 * @param maxBytes - that the result may have
 */
export function inflateBody(
  content: Buffer,
  contentEncoding: string | undefined,
  maxBytes: number,
): Buffer | undefined {
  const options: ZlibOptions = { maxOutputLength: maxBytes };
  try {
    switch (contentEncoding?.trim().toLowerCase() || 'identity') {
      case 'identity':
        return isGzip(content) ? gunzipSync(content, options) : content;
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(content, options);
      case 'deflate':
        // RFC 9110 means zlib's format; some send what is inside of it.
        return content[0] % 16 === 8
          ? inflateSync(content, options)
          : inflateRawSync(content, options);
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}
