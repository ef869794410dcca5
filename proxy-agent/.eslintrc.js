const factory = require('@backstage/cli/config/eslint-factory');

module.exports = factory(__dirname, {
  rules: {
    // Listeners that remove each other have to name each other.
    '@typescript-eslint/no-use-before-define': [
      'error',
      { functions: false, classes: false, variables: false },
    ],
  },
  overrides: [
    {
      files: ['test/**'],
      rules: {
        // The classes that drive real sockets assert, too.
        'jest/expect-expect': 'off',
        'jest/no-standalone-expect': 'off',
        'jest/no-conditional-expect': 'off',
      },
    },
  ],
});
