import german from './de';
import { kubernetesAuditTranslationRef } from './kubernetesAuditTranslationRef';

/** The English texts: what a ref tells the app, not its users. */
const english: Record<string, string> = Reflect.get(
  kubernetesAuditTranslationRef,
  'getDefaultMessages',
).call(kubernetesAuditTranslationRef);

const messages: Record<string, string | null> = german.messages;
const placeholders = (text: string) => (text.match(/{{\w+}}/g) ?? []).sort();

describe('the German texts', () => {
  it('are there for each English one, and for no other', () => {
    expect(Object.keys(english).length).toBeGreaterThan(150);
    expect(Object.keys(messages).sort()).toEqual(Object.keys(english).sort());
  });

  it.each(Object.keys(english))(
    '%s says something, of the same values',
    key => {
      const text = messages[key] ?? '';
      expect(text.trim()).not.toBe('');
      expect(placeholders(text)).toEqual(placeholders(english[key]));
    },
  );
});
