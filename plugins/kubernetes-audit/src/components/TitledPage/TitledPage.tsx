import {
  coreExtensionData,
  IconElement,
  PageLayout,
  pluginHeaderActionsApiRef,
  useApi,
  useAppNode,
  useRouteRef,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';
import { ReactNode, useMemo } from 'react';
import type { requestAuditRouteRef } from '../../routes';
import { kubernetesAuditTranslationRef } from '../../translations';

/**
 * A page under its title in the viewer's language: the extension of a page has
 * one title for everybody, and the header that it would have shows that. A
 * title that the app has set stays.
 */
export function TitledPage(props: {
  /** Of the extension, unless the app has set another. */
  title: string;
  name: 'requests' | 'recordings' | 'agents' | 'roles' | 'access';
  icon: IconElement;
  routeRef: typeof requestAuditRouteRef;
  children: ReactNode;
}) {
  const { title, name, icon, routeRef, children } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const extensionTitle = useAppNode()?.instance?.getData(
    coreExtensionData.title,
  );
  const headerActions = useApi(pluginHeaderActionsApiRef);
  const link = useRouteRef(routeRef)?.();
  const shown =
    extensionTitle === undefined || extensionTitle === title
      ? t(`${name}.title`)
      : extensionTitle;
  // One element however often this is rendered, as it is when the address
  // changes: each new one mounts the layout anew, and the page with it.
  return useMemo(
    () => (
      <PageLayout
        title={shown}
        icon={icon}
        titleLink={link}
        headerActions={headerActions.getPluginHeaderActions(PLUGIN_ID)}
      >
        {children}
      </PageLayout>
    ),
    [shown, icon, link, headerActions, children],
  );
}
