import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { z } from 'zod';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 32;
/** As GCM wants it. */
const NONCE_BYTES = 12;
/** Named, or a box with a shorter one, which is easier to forge, would open. */
const TAG = { authTagLength: 16 };
/** Keeps the derived key apart from all others that are derived from the same secret. */
const PURPOSE = 'kubernetes-audit signing key v1';

const base64 = z.base64();
const boxSchema = z.object({
  version: z.literal(1),
  salt: base64,
  nonce: base64,
  tag: base64,
  ciphertext: base64,
});

/** Encrypts what is kept in the database with keys that are derived from a secret outside of it. */
export class SecretBox {
  static create(secret: string): SecretBox {
    return new SecretBox(secret);
  }

  private constructor(private readonly secret: string) {}

  /** @param label - must be the same to open the box: a box cannot be passed off as another */
  seal(text: string, label: string): string {
    const salt = randomBytes(SALT_BYTES);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#deriveKey(salt), nonce, TAG);
    cipher.setAAD(Buffer.from(label));
    const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
    return JSON.stringify({
      version: 1,
      salt: salt.toString('base64'),
      nonce: nonce.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      ciphertext: ciphertext.toString('base64'),
    });
  }

  /**
   * @throws Error when the secret or the label is another, or the box was changed
   */
  open(box: string, label: string): string {
    const { salt, nonce, tag, ciphertext } = boxSchema.parse(JSON.parse(box));
    const decipher = createDecipheriv(
      CIPHER,
      this.#deriveKey(Buffer.from(salt, 'base64')),
      Buffer.from(nonce, 'base64'),
      TAG,
    );
    decipher.setAAD(Buffer.from(label));
    decipher.setAuthTag(Buffer.from(tag, 'base64'));
    return Buffer.concat([
      decipher.update(Buffer.from(ciphertext, 'base64')),
      decipher.final(),
    ]).toString('utf8');
  }

  #deriveKey(salt: Buffer): Buffer {
    return Buffer.from(
      hkdfSync('sha256', this.secret, salt, PURPOSE, KEY_BYTES),
    );
  }
}
