/**
 * The content of an answer in chunks, and the trailers behind it.
 *
 * @throws Error when it is not whole
 */
export function decodeChunks(answer: string): {
  content: string;
  trailers: string;
} {
  let content = '';
  let offset = answer.indexOf('\r\n\r\n') + 4;
  for (;;) {
    const end = answer.indexOf('\r\n', offset);
    const size = parseInt(answer.slice(offset, end), 16);
    const next = end + 2 + size;
    if (end === -1 || Number.isNaN(size)) {
      throw new Error('an answer in chunks is not whole');
    }
    if (size === 0) {
      return { content, trailers: answer.slice(next) };
    }
    if (answer.slice(next, next + 2) !== '\r\n') {
      throw new Error('a chunk is not whole');
    }
    content += answer.slice(end + 2, next);
    offset = next + 2;
  }
}
