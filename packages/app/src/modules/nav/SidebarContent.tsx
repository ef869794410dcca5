import {
  Sidebar,
  SidebarDivider,
  SidebarGroup,
  SidebarScrollWrapper,
  SidebarSpace,
} from '@backstage/core-components';
import { NavContentBlueprint } from '@backstage/plugin-app-react';
import { UserSettingsSignInAvatar } from '@backstage/plugin-user-settings';
import MenuIcon from '@material-ui/icons/Menu';
import SupervisorAccountIcon from '@material-ui/icons/SupervisorAccount';
import { SidebarEntry } from './SidebarEntry';
import { SidebarHome } from './SidebarHome';
import { SidebarEntries, SidebarSection } from './SidebarSection';

export const SidebarContent = NavContentBlueprint.make({
  params: {
    component: ({ navItems }) => {
      const nav = navItems.withComponent(SidebarEntry);
      const settings = nav.take('page:user-settings');
      const requests = nav.take('page:kubernetes-audit/requests');
      const recordings = nav.take('page:kubernetes-audit/recordings');
      const agents = nav.take('page:kubernetes-audit/agents');
      const roles = nav.take('page:kubernetes-audit/roles');

      return (
        <Sidebar>
          <SidebarHome />
          <SidebarDivider />
          <SidebarGroup label="Menu" icon={<MenuIcon />}>
            <SidebarScrollWrapper>
              <SidebarEntries>{nav.rest({ sortBy: 'title' })}</SidebarEntries>
            </SidebarScrollWrapper>
          </SidebarGroup>
          {/* Hidden pages leave no empty group: extensions check permissions. */}
          {(requests || recordings || agents || roles) && (
            <SidebarGroup
              label="Administrator"
              icon={<SupervisorAccountIcon />}
            >
              <SidebarSection path={['Administrator', 'Audit', 'Kubernetes']}>
                {requests}
                {recordings}
                {agents}
                {roles}
              </SidebarSection>
            </SidebarGroup>
          )}
          <SidebarSpace />
          <SidebarDivider />
          <SidebarGroup
            label="Settings"
            icon={<UserSettingsSignInAvatar />}
            to="/settings"
          >
            {settings}
          </SidebarGroup>
        </Sidebar>
      );
    },
  },
});
