export * from './TunnelService';
export * from './TunnelStore';
