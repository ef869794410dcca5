import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { Keystroke } from '../../player';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './RecordingReplay.module.css';

/** For so long a key stays to be seen, in microseconds. */
const VISIBLE_FOR = 2_000_000;

const NAMES: Record<string, string> = {
  '\r': '⏎',
  '\n': '⏎',
  '\t': '⇥',
  '\x7f': '⌫',
  '\x1b': 'Esc',
  ' ': '␣',
};
/** The last characters of what arrow keys send, after `ESC [` or `ESC O`. */
const ARROWS = { A: '↑', B: '↓', C: '→', D: '←' };

/** What was typed just before, where a role has input recorded. */
export function KeystrokeOverlay(props: {
  keystrokes: readonly Keystroke[];
  /** Microseconds. */
  position: number;
}) {
  const { keystrokes, position } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const typed = keystrokes
    .filter(({ time }) => time > position - VISIBLE_FOR)
    .map(({ text }) => nameKeys(text))
    .join(' ');
  return (
    <div className={classes.keystrokes} data-none={!typed || undefined}>
      {typed || t('player.noKeystrokes')}
    </div>
  );
}

/** Keys as they are called: control characters have no picture of their own. */
export function nameKeys(text: string): string {
  const named = Object.entries(ARROWS).reduce(
    (rest, [final, arrow]) =>
      rest
        .replaceAll(`\x1b[${final}`, arrow)
        .replaceAll(`\x1bO${final}`, arrow),
    text,
  );
  return [...named]
    .map(character => {
      const code = character.charCodeAt(0);
      return (
        NAMES[character] ??
        (code < 0x20 ? `^${String.fromCharCode(code + 0x40)}` : character)
      );
    })
    .join('');
}
