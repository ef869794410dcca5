import { SecretBox } from './SecretBox';

describe('SecretBox', () => {
  const box = SecretBox.create('a secret of some length');
  const sealed = box.seal('the text', 'label');

  it('gives back what it was given', () => {
    expect(box.open(sealed, 'label')).toBe('the text');
    expect(sealed).not.toContain(Buffer.from('the text').toString('base64'));
    expect(box.seal('the text', 'label')).not.toBe(sealed);
  });

  it('opens with the secret and the label alone', () => {
    expect(() => box.open(sealed, 'other')).toThrow();
    expect(() => SecretBox.create('another').open(sealed, 'label')).toThrow();
  });

  it.each(['salt', 'nonce', 'tag', 'ciphertext'])(
    'notices a changed %s',
    part => {
      const parts = JSON.parse(sealed);
      const bytes = Buffer.from(parts[part], 'base64');
      bytes[0] ^= 1;
      const changed = { ...parts, [part]: bytes.toString('base64') };
      expect(() => box.open(JSON.stringify(changed), 'label')).toThrow();
    },
  );

  it('does not take a shorter tag', () => {
    const parts = JSON.parse(sealed);
    const tag = Buffer.from(parts.tag, 'base64').subarray(0, 4);
    const changed = { ...parts, tag: tag.toString('base64') };
    expect(() => box.open(JSON.stringify(changed), 'label')).toThrow();
  });
});
