export * from './Authorizer';
