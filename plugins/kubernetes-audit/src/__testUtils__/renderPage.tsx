import { StorageApi, storageApiRef } from '@backstage/core-plugin-api';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import type { ReactElement } from 'react';
import { useLocation } from 'react-router-dom';
import { KubernetesAuditApi, kubernetesAuditApiRef } from '../api';

/** Renders a page at a URL, within an app whose portal is `api`. */
export function renderPage(
  page: ReactElement,
  options: {
    api: KubernetesAuditApi;
    url?: string;
    /** What is kept for the user; nothing unless given. */
    storageApi?: StorageApi;
  },
) {
  return renderInTestApp(
    <>
      {page}
      <LocationProbe />
    </>,
    {
      apis: [
        [kubernetesAuditApiRef, options.api],
        [storageApiRef, options.storageApi ?? mockApis.storage()],
      ],
      initialRouteEntries: [options.url ?? '/'],
    },
  );
}

/** The query of the page's URL as it is now. */
export function currentParams(): URLSearchParams {
  return new URLSearchParams(screen.getByTestId('search').textContent ?? '');
}

function LocationProbe() {
  const { search } = useLocation();
  return (
    <output hidden data-testid="search">
      {search}
    </output>
  );
}
