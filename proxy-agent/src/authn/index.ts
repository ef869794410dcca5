export * from './CredentialVerifier';
