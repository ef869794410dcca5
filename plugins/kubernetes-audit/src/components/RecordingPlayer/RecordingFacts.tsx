import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './RecordingFacts.module.css';

/** Who recorded what and when, above the replay. */
export function RecordingFacts(props: { recording: RecordingDetail }) {
  const { recording } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const facts: Array<[string, string | undefined]> = [
    [t('field.name'), recording.userName],
    [t('field.actionAt'), formatTimestamp(recording.startedAt)],
    [t('field.sessionRecordingName'), recording.name],
    [t('field.clusterName'), recording.clusterName],
    [
      t('field.pod'),
      [recording.namespace, recording.podName, recording.container]
        .filter(Boolean)
        .join(' / '),
    ],
    [t('field.command'), recording.command.join(' ')],
    [t('field.exitCode'), recording.exitCode?.toString()],
    [t('field.endReason'), recording.endReason],
    [t('field.legalHold'), holdText(recording)],
  ];
  return (
    <dl className={classes.facts}>
      {facts.map(([label, value]) =>
        value ? (
          <div key={label} className={classes.fact}>
            <dt>{label}</dt>
            <dd title={value}>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

/** Why a recording is kept, by whom and since when. */
function holdText({ legalHold }: RecordingDetail): string | undefined {
  return (
    legalHold &&
    `${legalHold.reason} (${legalHold.by}, ${formatTimestamp(legalHold.since)})`
  );
}
