import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import {
  DeadLetter,
  MAX_DEAD_LETTER_TEXT,
} from 'backstage-plugin-kubernetes-audit-common';
import { formatBytes, formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import { CodeBlock } from '../CodeBlock';
import classes from './DeadLetters.module.css';

/** One record: why it was kept aside, when, by which agent, and what it is. */
export function DeadLetterItem(props: { letter: DeadLetter }) {
  const { letter } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const size = formatBytes(letter.recordBytes);
  const facts = [
    {
      label: t('deadLetters.receivedAt'),
      value: formatTimestamp(letter.receivedAt),
    },
    { label: t('field.agent'), value: letter.agentId },
    {
      label: t('deadLetters.sequence'),
      value: letter.sequence === undefined ? '–' : String(letter.sequence),
    },
    { label: t('field.size'), value: size },
  ];
  return (
    <li className={classes.letter}>
      <p className={classes.reason}>{letter.reason}</p>
      <dl className={classes.facts}>
        {facts.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>{t('deadLetters.record')}</summary>
        <CodeBlock
          label={t('deadLetters.record')}
          text={letter.record}
          note={
            letter.recordBytes > MAX_DEAD_LETTER_TEXT
              ? t('details.cut', {
                  limit: formatBytes(MAX_DEAD_LETTER_TEXT),
                  size,
                })
              : undefined
          }
        />
      </details>
    </li>
  );
}
