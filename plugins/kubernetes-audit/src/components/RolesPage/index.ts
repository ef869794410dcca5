export * from './RolesPage';
