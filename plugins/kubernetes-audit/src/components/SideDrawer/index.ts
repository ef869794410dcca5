export * from './SideDrawer';
export * from './SideDrawerHeader';
