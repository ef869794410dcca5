import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import { Route, Routes, useLocation } from 'react-router-dom';
import { recordingsRouteRef, requestAuditRouteRef } from '../../routes';
import { AuditStart } from './AuditStart';

const START = '/admin/audit/kubernetes';
const REQUESTS = { [`${START}/requests`]: requestAuditRouteRef };
const RECORDINGS = { [`${START}/recordings`]: recordingsRouteRef };

function open(
  path: string,
  mountedRoutes: Record<string, typeof requestAuditRouteRef>,
) {
  renderInTestApp(
    <Routes>
      {Object.keys(mountedRoutes).map(mounted => (
        <Route key={mounted} path={mounted} element={<Place />} />
      ))}
      <Route path={`${START}/*`} element={<AuditStart />} />
    </Routes>,
    { mountedRoutes, initialRouteEntries: [path] },
  );
}

function Place() {
  return <h1>at {useLocation().pathname}</h1>;
}

describe('AuditStart', () => {
  it('leads to Request Audit', async () => {
    open(START, { ...REQUESTS, ...RECORDINGS });
    expect(await screen.findByText(`at ${START}/requests`)).toBeVisible();
  });

  it('leads to Pod Session Recordings who may see nothing else', async () => {
    open(START, RECORDINGS);
    expect(await screen.findByText(`at ${START}/recordings`)).toBeVisible();
  });

  it('says that another address below is not found', async () => {
    open(`${START}/elsewhere`, { ...REQUESTS, ...RECORDINGS });
    expect(await screen.findByText('Go back')).toBeVisible();
  });
});
