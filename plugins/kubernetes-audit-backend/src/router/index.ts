export * from './createRouter';
export { KEYS_PATH } from './createKeysRouter';
export { LOGIN_PATH } from './createLoginRouter';
