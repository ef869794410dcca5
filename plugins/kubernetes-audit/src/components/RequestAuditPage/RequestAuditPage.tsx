import { ListPage } from '../AuditList';
import { RequestAuditList } from './RequestAuditList';

/** *Request Audit*: what was called on which cluster, newest first. */
export function RequestAuditPage() {
  return (
    <ListPage>
      <RequestAuditList />
    </ListPage>
  );
}
