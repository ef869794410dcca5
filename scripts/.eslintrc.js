module.exports = {
  extends: ['@spotify/eslint-config-base', 'prettier'],
  env: { node: true, es2022: true },
  parserOptions: { ecmaVersion: 2022, sourceType: 'module' },
  rules: {
    'import/newline-after-import': 'error',
    // Commands talk to people, and wait for one thing after the other.
    'no-console': 'off',
    'no-restricted-syntax': 'off',
  },
};
