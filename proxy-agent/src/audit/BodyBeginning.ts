import { carriesCredential, looksLikeJson, repeatsObject } from './annotations';
import type { JsonHandler } from './JsonHandler';
import { JsonTokenizer } from './JsonTokenizer';
import { REDACTED } from './redacted';
import { isKindKey, sensitiveKind } from './sensitiveKinds';

/**
 * Fields whose values are secret in one kind or another, also as
 * `$setElementOrder/data`. The kind may come after them, and may come twice:
 * they are never shown here.
 */
const SECRET_FIELD = /(?:^|\/)(?:data|stringdata|token|request|certificate)$/iu;
const LAST_APPLIED = /last-applied-configuration$/i;

/** What is shown of a value that begins. */
type Shown = 'all' | 'annotations' | 'annotation' | 'names' | 'nothing';

/** An open object or list of which something is shown. */
type Frame = {
  container: Record<string, unknown> | unknown[];
  shown: Shown;
  /** Of an object; the key whose value comes next. */
  key: string;
};

/** The beginning of a long JSON body, redacted as it streams by. Keeps no more than it shows. */
export class BodyBeginning implements JsonHandler {
  readonly #tokenizer: JsonTokenizer;
  readonly #frames: Frame[] = [];
  #left: number;
  /** Brackets that are open in a value of which nothing is shown. */
  #skipped = 0;
  #isSensitive = false;
  #value: unknown;

  /** @param maxBytes - of text and of brackets that are kept, about */
  static create(maxBytes: number): BodyBeginning {
    return new BodyBeginning(maxBytes);
  }

  private constructor(maxBytes: number) {
    this.#left = maxBytes;
    this.#tokenizer = JsonTokenizer.create(this, maxBytes);
  }

  push(chunk: Buffer): void {
    this.#tokenizer.push(chunk);
  }

  /** What can be shown, or undefined when it is not JSON, not whole, or of a sensitive kind. */
  get excerpt(): { value: unknown; isWhole: boolean } | undefined {
    const { state } = this.#tokenizer;
    return (state === 'finished' || state === 'stopped') && !this.#isSensitive
      ? { value: this.#value, isWhole: state === 'finished' }
      : undefined;
  }

  startObject(): void {
    this.#open(Object.create(null), this.#shownNext());
  }

  startArray(): void {
    const shown = this.#shownNext();
    this.#open([], shown === 'all' ? shown : 'nothing');
  }

  endObject(): void {
    this.#close();
  }

  endArray(): void {
    this.#close();
  }

  wantsText(): boolean {
    return this.#skipped === 0;
  }

  key(key: string): void {
    const frame = this.#frames.at(-1);
    if (this.#skipped === 0 && frame) {
      frame.key = key;
      this.#spend(key);
    }
  }

  string(text: string): void {
    const frame = this.#frames.at(-1);
    if (this.#skipped > 0 || !frame) {
      return;
    }
    if (frame.shown === 'all' && isKindKey(frame.key) && sensitiveKind(text)) {
      this.#isSensitive = true;
      this.#tokenizer.stop();
      return;
    }
    const shown = this.#shownNext();
    const isShown =
      shown === 'all' || (shown === 'annotation' && !looksLikeJson(text));
    this.#add(isShown ? text : REDACTED);
  }

  literal(value: number | boolean | null): void {
    if (this.#skipped === 0) {
      const isShown = value === null || this.#shownNext() === 'all';
      this.#add(isShown ? value : REDACTED);
    }
  }

  #shownNext(): Shown {
    const frame = this.#frames.at(-1);
    if (!frame) {
      return 'all';
    }
    const { shown, key, container } = frame;
    if (shown === 'names') {
      return 'nothing';
    }
    if (Array.isArray(container)) {
      return 'all';
    }
    if (shown === 'annotations') {
      return carriesCredential(key) || repeatsObject(key)
        ? 'nothing'
        : 'annotation';
    }
    if (LAST_APPLIED.test(key) || (key === 'value' && this.#isInOperation())) {
      return 'nothing';
    }
    if (SECRET_FIELD.test(key)) {
      return 'names';
    }
    return key === 'annotations' ? 'annotations' : 'all';
  }

  /** Whether the innermost object is an operation of a JSON patch. */
  #isInOperation(): boolean {
    return (
      this.#frames.length === 2 && Array.isArray(this.#frames[0].container)
    );
  }

  #open(container: Frame['container'], shown: Shown): void {
    if (this.#skipped > 0) {
      this.#skipped++;
    } else if (shown === 'nothing' || shown === 'annotation') {
      this.#skipped = 1;
      this.#add(REDACTED);
    } else {
      this.#add(container);
      this.#frames.push({ container, shown, key: '' });
    }
  }

  #close(): void {
    if (this.#skipped > 0) {
      this.#skipped--;
    } else {
      this.#frames.pop();
    }
  }

  #add(value: unknown): void {
    const frame = this.#frames.at(-1);
    if (!frame) {
      this.#value = value;
    } else if (Array.isArray(frame.container)) {
      frame.container.push(value);
    } else {
      frame.container[frame.key] = value;
    }
    this.#spend(typeof value === 'string' ? value : '');
  }

  #spend(text: string): void {
    // Each entry takes at least two bytes of YAML, however short it is.
    this.#left -= Buffer.byteLength(text) + 1;
    if (this.#left < 0) {
      this.#tokenizer.stop();
    }
  }
}
