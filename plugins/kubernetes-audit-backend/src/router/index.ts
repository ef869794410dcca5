export * from './createRouter';
export { KEYS_PATH } from './createKeysRouter';
