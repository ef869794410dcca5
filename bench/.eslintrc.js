module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  ignorePatterns: ['results'],
  rules: {
    // Nothing here is built: a file's own folder is where it seems to be.
    'no-restricted-syntax': 'off',
  },
});
