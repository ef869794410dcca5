import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { useEntity } from '@backstage/plugin-catalog-react';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { entityScopeOf, KUBERNETES_ANNOTATIONS } from '../../entity';
import { toRecordingFilter, toRequestFilter } from '../../query';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ConditionChips, PillGroup } from '../AuditList';
import { RecordingList } from '../RecordingsPage';
import { RequestAuditList } from '../RequestAuditPage';
import surface from '../Surface/Surface.module.css';
import classes from './EntityKubernetesCalls.module.css';
import { ScopeUndecided } from './ScopeUndecided';
import { scopeConditions } from './scopeConditions';

/** The parameter of the address that says which of the lists is shown. */
const VIEW_PARAM = 'view';
const VIEWS = ['calls', 'recordings'] as const;

/** Who called what on the objects of an entity, and the sessions in its pods. */
export function EntityKubernetesCalls() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { entity } = useEntity();
  const scope = useMemo(() => entityScopeOf(entity), [entity]);
  const filters = useMemo(
    () =>
      scope && {
        requests: toRequestFilter(scope),
        recordings: toRecordingFilter(scope),
      },
    [scope],
  );
  const [params, setParams] = useSearchParams();
  const { id, namespace, labelSelector } = KUBERNETES_ANNOTATIONS;
  const hint = t('entity.hint', {
    annotations: [id, namespace, labelSelector].join(', '),
  });
  const view = VIEWS.find(name => name === params.get(VIEW_PARAM)) ?? VIEWS[0];

  return (
    <section
      className={`${surface.surface} ${classes.content}`}
      aria-label={t('entity.title')}
    >
      {scope && filters ? (
        <>
          <div className={classes.head}>
            <PillGroup
              label={t('entity.show')}
              isLabelHidden
              type="radio"
              options={VIEWS.map(value => ({
                value,
                label: t(`entity.${value}`),
              }))}
              selected={[view]}
              // The lists have their conditions and pages each for itself.
              onChange={chosen =>
                setParams(chosen === VIEWS[0] ? {} : { [VIEW_PARAM]: chosen })
              }
            />
            <ConditionChips
              label={t('entity.scope')}
              conditions={scopeConditions(scope, t)}
            />
          </div>
          {view === 'calls' ? (
            <RequestAuditList
              narrowing={filters.requests}
              hint={
                scope.names.length > 0
                  ? `${hint} ${t('entity.namesHint')}`
                  : hint
              }
            />
          ) : (
            <RecordingList narrowing={filters.recordings} hint={hint} />
          )}
        </>
      ) : (
        <ScopeUndecided />
      )}
    </section>
  );
}
