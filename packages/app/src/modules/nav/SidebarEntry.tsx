import { SidebarItem } from '@backstage/core-components';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { NavContentNavItem } from '@backstage/plugin-app-react';
import { kubernetesAuditTranslationRef } from 'backstage-plugin-kubernetes-audit/alpha';

/** Pages whose titles the plugin has in several languages. */
const TRANSLATED = [
  'requests',
  'recordings',
  'agents',
  'roles',
  'access',
] as const;

/** A page in the sidebar, by its title in the viewer's language where there is one. */
export function SidebarEntry(props: NavContentNavItem) {
  const { node, href, title, icon } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const page = TRANSLATED.find(
    name => node.spec.id === `page:kubernetes-audit/${name}`,
  );
  return (
    <SidebarItem
      icon={() => icon}
      to={href}
      text={page ? t(`${page}.title`) : title}
    />
  );
}
