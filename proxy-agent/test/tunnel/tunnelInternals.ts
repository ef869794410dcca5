/* What a hostile side of a tunnel needs to go wrong with. */
export * from '../../src/tunnel/transport';
export { tellVerdict } from '../../src/tunnel/proxy/acceptTunnel';
export { AgentIdentity } from '../../src/tunnel/agent/AgentIdentity';
