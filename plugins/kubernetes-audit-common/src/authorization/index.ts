export { compileNetworks } from './compileNetworks';
export {
  compileRole,
  type CompiledRole,
  type CompiledRule,
} from './CompiledRole';
export * from './Impersonation';
export * from './NamePattern';
export * from './RoleAuthorizer';
