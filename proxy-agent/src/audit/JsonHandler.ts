/** Takes what a `JsonTokenizer` reads, in the order of the text. */
export interface JsonHandler {
  startObject(): void;
  endObject(): void;
  startArray(): void;
  endArray(): void;
  /** Whether the text of the key or string that begins here will be looked at. */
  wantsText(): boolean;
  /** @param key - empty when it is not wanted, its beginning when it is too long */
  key(key: string): void;
  /** @param value - empty when it is not wanted, its beginning when it is too long */
  string(value: string): void;
  literal(value: number | boolean | null): void;
}
