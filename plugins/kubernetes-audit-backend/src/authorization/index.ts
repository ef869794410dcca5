export * from './addResourceTypes';
export * from './Authorizer';
export * from './toFilter';
