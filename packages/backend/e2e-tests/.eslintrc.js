// These tests run on Node (node:test), outside Jest and outside the browser.
module.exports =
  require('@backstage/cli/config/eslint-factory').createConfigForRole(
    __dirname,
    'cli',
    {
      rules: {
        // What other packages test with is none of their exports.
        '@backstage/no-relative-monorepo-imports': 'off',
        'jest/expect-expect': 'off',
        'jest/no-standalone-expect': 'off',
      },
    },
  );
