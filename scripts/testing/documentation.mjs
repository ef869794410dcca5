import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { REPOSITORY } from '../bootstrap/repository.mjs';

const FOLDERS = ['docs', 'examples', 'plugins', 'proxy-agent', 'bench'];
const PAGES = ['README.md', 'CONTRIBUTING.md'];
const SKIPPED = new Set(['node_modules', 'dist', 'src', 'results']);
/** `[text](target)`; the target of an image too. */
const LINK = /\]\(([^()\s]+)\)/g;
const FENCED_BLOCK = /^```[\s\S]*?^```$/gm;

/**
 * Whether each link between the pages of this repository leads somewhere, and
 * TechDocs shows each page of `docs`.
 *
 * @returns {Promise<import('./StepResult.mjs').StepResult>}
 */
export async function checkDocumentation() {
  const pages = [...PAGES, ...FOLDERS.flatMap(folder => markdownIn(folder))];
  const links = pages.flatMap(page =>
    linksOf(page).map(target => ({ page, target })),
  );
  const failures = links
    .filter(({ page, target }) => !leadsSomewhere(page, target))
    .map(({ page, target }) => `${page}: ${target} leads nowhere`);
  const shown = navigationOf('mkdocs.yml');
  const missing = markdownIn('docs')
    .map(page => relative('docs', page))
    .filter(page => !shown.includes(page));
  failures.push(...missing.map(page => `mkdocs.yml does not show ${page}`));
  failures.push(
    ...shown
      .filter(page => !existsSync(join(REPOSITORY, 'docs', page)))
      .map(page => `mkdocs.yml shows ${page}, which is not there`),
  );
  const passed = links.length + shown.length - failures.length;
  console.log(`${links.length} links of ${pages.length} pages looked at`);
  return { passed, failed: failures.length, failures };
}

/**
 * @param {string} folder
 * @returns {string[]} relative to the repository
 */
function markdownIn(folder) {
  return readdirSync(join(REPOSITORY, folder), {
    withFileTypes: true,
  }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return SKIPPED.has(entry.name) ? [] : markdownIn(path);
    }
    return /(?<!\.api)\.md$/.test(entry.name) ? [path] : [];
  });
}

/** @param {string} page */
function proseOf(page) {
  return readFileSync(join(REPOSITORY, page), 'utf8').replace(FENCED_BLOCK, '');
}

/** @param {string} page */
function linksOf(page) {
  return [...proseOf(page).matchAll(LINK)]
    .map(([, target]) => target)
    .filter(target => !/^[a-z]+:/.test(target));
}

/**
 * @param {string} page
 * @param {string} target
 */
function leadsSomewhere(page, target) {
  const [path, anchor] = target.split('#');
  const file = path ? resolve(REPOSITORY, dirname(page), path) : undefined;
  if (file && !existsSync(file)) return false;
  if (!anchor) return true;
  const linked = file ? relative(REPOSITORY, file) : page;
  return anchorsOf(linked).has(anchor);
}

/**
 * The anchors of its headings, as GitHub makes them.
 *
 * @param {string} page
 */
function anchorsOf(page) {
  return new Set(
    [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/**
 * @param {string} file
 * @returns {string[]}
 */
function navigationOf(file) {
  const { nav } = parse(readFileSync(join(REPOSITORY, file), 'utf8'));
  return leaves(nav).map(String);
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
