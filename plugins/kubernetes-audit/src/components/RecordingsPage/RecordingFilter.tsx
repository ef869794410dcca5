import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { DEFAULT_RECORDING_RANGE, RecordingQuery } from '../../query';
import { kubernetesAuditTranslationRef } from '../../translations';
import { FilterButton, isReversed, TimeRangeFields } from '../AuditList';

type Draft = Pick<RecordingQuery, 'range'>;

/** The filter of *Pod Session Recordings*: when the session began. */
export function RecordingFilter(props: {
  query: RecordingQuery;
  onChange: (patch: Draft) => void;
}) {
  const { query, onChange } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <FilterButton<Draft>
      activeCount={Number(query.range.kind !== DEFAULT_RECORDING_RANGE)}
      value={{ range: query.range }}
      cleared={{ range: { kind: DEFAULT_RECORDING_RANGE } }}
      isValid={draft => !isReversed(draft.range)}
      onApply={onChange}
    >
      {(draft, change) => (
        <TimeRangeFields
          label={t('field.actionAt')}
          range={draft.range}
          onChange={range => change({ range })}
        />
      )}
    </FilterButton>
  );
}
