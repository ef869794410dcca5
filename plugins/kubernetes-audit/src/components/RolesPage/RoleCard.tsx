import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type {
  RoleDetail,
  RoleSubject,
} from 'backstage-plugin-kubernetes-audit-common';
import { kubernetesAuditTranslationRef } from '../../translations';
import { Card } from '../Panel';
import { RoleRules } from '../RoleRules';
import classes from './RolesPage.module.css';

/** A role: who is in it, where it counts, and what it allows. */
export function RoleCard(props: {
  detail: RoleDetail;
  /** Of the rule that decided, from 1. */
  marked?: number;
}) {
  const { detail, marked } = props;
  const { role, subjects, clusters } = detail;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const selector = Array.isArray(role.clusters)
    ? role.clusters.join(', ')
    : Object.entries(role.clusters.tags)
        .map(([tag, pattern]) => `${tag}=${pattern}`)
        .join(', ');
  return (
    <Card title={role.name}>
      <dl className={classes.facts}>
        <dt>{t('roles.subjects')}</dt>
        <dd>
          <ul className={classes.subjects}>
            {subjects.map(subject => (
              <li key={subject.entityRef}>
                <Subject subject={subject} />
              </li>
            ))}
          </ul>
        </dd>
        <dt>{t('roles.clusters')}</dt>
        <dd>
          {clusters.length > 0 ? clusters.join(', ') : t('roles.noCluster')}{' '}
          <span className={classes.muted}>({selector})</span>
        </dd>
      </dl>
      <RoleRules role={role} marked={marked} />
    </Card>
  );
}

function Subject({ subject }: { subject: RoleSubject }) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { entityRef, displayName, isKnown, members, memberCount = 0 } = subject;
  const more = memberCount - (members?.length ?? 0);
  return (
    <>
      {displayName ? `${displayName} (${entityRef})` : entityRef}
      {isKnown === false && (
        <span className={classes.outdated}> {t('roles.unknownSubject')}</span>
      )}
      {members && (
        <p className={classes.muted}>
          {members.length > 0
            ? t('roles.members', {
                members: members.join(', '),
                count: memberCount,
              })
            : t('roles.noMembers')}
          {more > 0 && ` ${t('roles.moreMembers', { more: String(more) })}`}
        </p>
      )}
    </>
  );
}
