import { execFileSync } from 'node:child_process';

/** What no package should carry. */
const UNWANTED =
  /(^|\/)(src|test|__testUtils__|__fixtures__)\/|\.test\.|\.env$/;

/**
 * What is wrong with a tarball: files that its manifest names and that are
 * missing, versions that only this workspace understands.
 *
 * @param {string} tarball
 * @returns {string[]}
 */
export function problemsOfTarball(tarball) {
  const files = new Set(
    execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(name => name.replace(/^package\//, '')),
  );
  const manifest = JSON.parse(
    execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], {
      encoding: 'utf8',
    }),
  );
  const problems = [];
  for (const path of namedFiles(manifest)) {
    if (!files.has(path.replace(/^\.\//, ''))) {
      problems.push(`names ${path}, which is not in it`);
    }
  }
  for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
    if (/^(workspace|link|file|portal|backstage):/.test(range)) {
      problems.push(`depends on ${name} ${range}`);
    }
  }
  for (const file of files) {
    if (UNWANTED.test(file)) problems.push(`carries ${file}`);
  }
  for (const file of files) {
    if (/\.js$/.test(file) && !/\.d\.ts$/.test(file)) {
      if (file.startsWith('dist/') && !files.has(`${file}.map`)) {
        problems.push(`has no source map of ${file}`);
      }
    }
  }
  for (const needed of ['README.md']) {
    if (!files.has(needed)) problems.push(`has no ${needed}`);
  }
  return problems;
}

/**
 * @param {any} manifest
 * @returns {string[]}
 */
function namedFiles(manifest) {
  const { main, module, types, bin, configSchema, exports = {} } = manifest;
  const named = [
    main,
    module,
    types,
    typeof configSchema === 'string' ? configSchema : undefined,
    ...(typeof bin === 'string' ? [bin] : Object.values(bin ?? {})),
    // Backstage's own marks are no paths.
    ...leaves(exports).filter(path => String(path).startsWith('./')),
  ];
  return named.filter(path => typeof path === 'string');
}

/**
 * @param {unknown} value
 * @returns {unknown[]}
 */
function leaves(value) {
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(leaves)
    : [value];
}
