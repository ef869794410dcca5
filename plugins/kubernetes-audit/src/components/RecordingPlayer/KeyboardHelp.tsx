import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './KeyboardHelp.module.css';
import { PanelFrame } from './PanelFrame';

/** What the player's keys do. */
const KEYS = [
  ['Space', 'toggle'],
  ['← →', 'seek'],
  ['Shift ← →', 'seekFar'],
  ['Home End', 'ends'],
  ['0 … 9', 'tenths'],
  [', .', 'steps'],
  ['[ ]', 'markers'],
  ['< >', 'speed'],
  ['/', 'search'],
  ['f', 'fullScreen'],
  ['k', 'keystrokes'],
  ['?', 'help'],
] as const;

/** The keyboard shortcuts, over the replay. */
export function KeyboardHelp(props: { onClose: () => void }) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <div className={classes.help}>
      <PanelFrame
        title={t('player.help')}
        closeLabel={t('keys.close')}
        onClose={props.onClose}
      >
        <dl className={classes.keys}>
          {KEYS.map(([keys, meaning]) => (
            <div key={meaning} className={classes.key}>
              <dt>
                {keys.split(' ').map(key => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{t(`keys.${meaning}`)}</dd>
            </div>
          ))}
        </dl>
      </PanelFrame>
    </div>
  );
}
