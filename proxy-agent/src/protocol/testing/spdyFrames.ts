import { SpdyDecoder, SpdyFrame } from '../spdy';
import { codeOf } from './cuts';

/** A frame as tests write it: headers as pairs, data as text. */
export function readable(frame: SpdyFrame) {
  if (frame.type === 'data') {
    return { ...frame, data: frame.data.toString('latin1') };
  }
  return 'headers' in frame
    ? { ...frame, headers: Object.fromEntries(frame.headers) }
    : frame;
}

/** Decodes chunks; adjacent data of a frame is joined. */
export function decode(chunks: Buffer[]): ReturnType<typeof readable>[] {
  const heard: ReturnType<typeof readable>[] = [];
  const decoder = SpdyDecoder.create(frame => {
    const item = readable(frame);
    const last = heard[heard.length - 1];
    if (item.type === 'data' && last?.type === 'data') {
      last.data += item.data;
    } else {
      heard.push(item);
    }
  });
  for (const chunk of chunks) {
    const before = Buffer.from(chunk);
    decoder.push(chunk);
    if (!chunk.equals(before)) {
      throw new Error('The chunk was altered');
    }
    chunk.fill(0x55);
  }
  return heard;
}

export const decodeOne = (...frames: Buffer[]) =>
  decode([Buffer.concat(frames)]);
export const errorOf = (...frames: Buffer[]) =>
  codeOf(() => decodeOne(...frames));
export const hex = (text: string) =>
  Buffer.from(text.replaceAll(' ', ''), 'hex');

export function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}
