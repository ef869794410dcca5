export * from './Agent';
export * from './AgentAuthenticator';
export * from './AgentDirectory';
export * from './HeartbeatStore';
export * from './globMatches';
