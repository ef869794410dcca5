export * from './RoleRules';
