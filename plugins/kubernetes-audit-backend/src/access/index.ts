export * from './AccessService';
export * from './CredentialStore';
export * from './keySecret';
export * from './KubernetesUserNames';
export * from './PolicyBundles';
export * from './SecretBox';
export * from './SigningKeys';
export * from './UserDirectory';
