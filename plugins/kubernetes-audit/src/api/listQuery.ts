import type {
  CredentialListRequest,
  ListRequest,
  RecordingListRequest,
  RecordingTextRequest,
  RequestAuditListRequest,
} from './KubernetesAuditApi';

/** The query string of a list, with its filter as JSON. */
export function filteredQueryOf({
  filter,
  ...request
}: RequestAuditListRequest | RecordingListRequest): URLSearchParams {
  const query = queryOf(request);
  if (filter) {
    query.set('filter', JSON.stringify(filter));
  }
  return query;
}

/** The query string of a request; what is empty is left out. */
export function queryOf(
  request: ListRequest | RecordingTextRequest | CredentialListRequest,
): URLSearchParams {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(request)) {
    if (value !== undefined && value !== '') {
      query.set(key, String(value));
    }
  }
  return query;
}
