import type { RecordingEvent } from 'backstage-plugin-kubernetes-audit-common';

const options = { ignoreBOM: true };

/** Decodes the text of events; a character that is split across events of a stream comes with its last byte. */
export class StreamDecoder {
  readonly #streams: Partial<Record<RecordingEvent['type'], TextDecoder>> = {
    output: new TextDecoder('utf-8', options),
    error: new TextDecoder('utf-8', options),
    input: new TextDecoder('utf-8', options),
  };
  readonly #other = new TextDecoder('utf-8', options);

  static create(): StreamDecoder {
    return new StreamDecoder();
  }

  private constructor() {}

  decode(event: RecordingEvent): string {
    const stream = this.#streams[event.type];
    return stream
      ? stream.decode(event.data, { stream: true })
      : this.#other.decode(event.data);
  }
}
