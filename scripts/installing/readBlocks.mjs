import { readFileSync } from 'node:fs';

/** ```` ```yaml ```` up to the next ```` ``` ````, at the beginning of lines. */
const FENCED_BLOCK = /^```(\w+)\n([\s\S]*?)^```$/gm;
/** `// packages/app/src/App.tsx, before </FlatRoutes>`, `# app-config.yaml` */
const TARGET = /^(?:\/\/|#) ([\w./-]+\.\w+)(?:, (.+))?$/;

/**
 * What a reader is told to run or to write.
 *
 * @typedef {object} Block
 * @property {string} language - `sh`, `ts`, `tsx`, `yaml`
 * @property {string} content - without the line that names the file
 * @property {string} [file] - where it goes, as its first line says
 * @property {string} [place] - and where in it: `among the imports`, `before …`
 */

/**
 * The fenced blocks of one section, without those of sections below it.
 *
 * @param {string} file - Markdown
 * @param {string} heading - the whole line: `## Install it`
 * @returns {Block[]}
 */
export function readBlocks(file, heading) {
  const text = readFileSync(file, 'utf8');
  const start = text.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`${file} has no section ${heading}`);
  const rest = text.slice(start + heading.length + 2);
  const end = indexOfNextHeading(rest);
  return [...rest.slice(0, end).matchAll(FENCED_BLOCK)].map(
    ([, language, content]) => {
      const [firstLine, ...others] = content.split('\n');
      const target = language === 'sh' ? null : TARGET.exec(firstLine);
      return target
        ? {
            language,
            file: target[1],
            place: target[2],
            content: others.join('\n'),
          }
        : { language, content };
    },
  );
}

/**
 * A `#` inside of a block begins no heading.
 *
 * @param {string} text
 */
function indexOfNextHeading(text) {
  const blanked = text.replaceAll(FENCED_BLOCK, block =>
    block.replace(/[^\n]/g, ' '),
  );
  const index = blanked.search(/^#{1,6} /m);
  return index < 0 ? text.length : index;
}
