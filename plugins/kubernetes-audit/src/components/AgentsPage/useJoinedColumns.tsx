import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import {
  formatTunnelTags,
  TunnelJoined,
} from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';

const MAX_CHARACTERS = 32;

/** What tunnel agents and the tokens for them have alike. */
export function useJoinedColumns() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return useMemo(() => {
    const name: AuditColumn<TunnelJoined> = {
      id: 'name',
      label: t('agents.name'),
      text: row => row.name,
      maxCharacters: MAX_CHARACTERS,
    };
    const tags: AuditColumn<TunnelJoined> = {
      id: 'tags',
      label: t('agents.tags'),
      text: row => formatTunnelTags(row.tags),
      maxCharacters: MAX_CHARACTERS,
    };
    const clusters: AuditColumn<TunnelJoined> = {
      id: 'clusters',
      label: t('agents.mayReach'),
      text: row => row.clusters.join(', '),
      maxCharacters: MAX_CHARACTERS,
    };
    /** @param labelOf - what its button is called for those who do not see the row */
    const revoke = <TRow extends TunnelJoined>(
      labelOf: (row: TRow) => string,
      onRevoke: (row: TRow) => void,
    ): AuditColumn<TRow> => ({
      id: 'revoke',
      label: t('agents.action'),
      text: () => t('agents.revoke'),
      render: (row, text) => (
        <Button
          size="small"
          variant="secondary"
          aria-label={labelOf(row)}
          onPress={() => onRevoke(row)}
        >
          {text}
        </Button>
      ),
    });
    return { name, tags, clusters, revoke };
  }, [t]);
}
