export { AttemptLimit } from './AttemptLimit';
export * from './LoginRequests';
export * from './LoginService';
export * from './LoginStore';
export * from './networkOf';
