export * from './CredentialVerifier';
export * from './CredentialUses';
