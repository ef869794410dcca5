import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { encryptedZip } from './encryptedZip';

describe('encryptedZip', () => {
  it('stops reading what it packs when nobody takes the archive any more', async () => {
    let pieces = 0;
    const closed = new Promise<void>(resolve => {
      async function* content() {
        try {
          // Without an end of its own.
          for (;;) {
            pieces += 1;
            yield randomBytes(64 * 1024);
          }
        } finally {
          resolve();
        }
      }
      const archive = encryptedZip({
        fileName: 'x',
        content: content(),
        password: 'correct horse',
      });
      once(archive, 'data').then(() => archive.destroy());
    });
    await closed;
    expect(pieces).toBeGreaterThan(0);
  });
});
