export * from './createRemoteCommandTap';
export * from './RemoteCommandTap';
