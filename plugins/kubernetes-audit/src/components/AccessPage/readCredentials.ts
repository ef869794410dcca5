import {
  Credential,
  MAX_PAGE_LIMIT,
} from 'backstage-plugin-kubernetes-audit-common';
import type {
  CredentialListRequest,
  KubernetesAuditApi,
  RequestOptions,
} from '../../api';

/** The beginning of a list. */
export type FirstCredentials = { items: Credential[]; hasMore: boolean };

/** The first credentials of a list, so many if there are, by as many pages as that takes. */
export async function readCredentials(
  api: KubernetesAuditApi,
  request: Omit<CredentialListRequest, 'cursor' | 'limit'>,
  count: number,
  options: RequestOptions,
): Promise<FirstCredentials> {
  const items: Credential[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(count - items.length, MAX_PAGE_LIMIT);
    const page = await api.listCredentials(
      { ...request, cursor, limit },
      options,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && items.length < count);
  return { items, hasMore: cursor !== undefined };
}
