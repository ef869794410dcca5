import { NotFoundErrorPage, useRouteRef } from '@backstage/frontend-plugin-api';
import { Navigate, Route, Routes } from 'react-router-dom';
import { recordingsRouteRef, requestAuditRouteRef } from '../../routes';

/** The address above the pages leads to the first that the user may see. */
export function AuditStart() {
  const requests = useRouteRef(requestAuditRouteRef);
  const recordings = useRouteRef(recordingsRouteRef);
  const first = requests ?? recordings;
  return (
    <Routes>
      {first && <Route index element={<Navigate to={first()} replace />} />}
      <Route path="*" element={<NotFoundErrorPage />} />
    </Routes>
  );
}
