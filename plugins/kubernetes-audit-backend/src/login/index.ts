export { AttemptLimit } from './AttemptLimit';
export * from './LoginService';
export * from './LoginStore';
