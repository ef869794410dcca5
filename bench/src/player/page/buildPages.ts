import { build } from 'esbuild';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const html = (head: string, body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Player</title>${head}</head><body>${body}</body></html>`;

/**
 * Bundles the pages of all players, each as it is meant to be used: ours split
 * where the plugin splits it, asciinema's as the script that it ships.
 *
 * @param options - `asciinema`: the folder of its package
 */
export async function buildPages(options: {
  directory: string;
  asciinema: string;
}): Promise<void> {
  const { directory, asciinema } = options;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  await build({
    entryPoints: [
      join(__dirname, 'portalPage.tsx'),
      join(__dirname, 'asciinemaPage.ts'),
    ],
    outdir: directory,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    target: 'chrome120',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff2': 'dataurl' },
    logLevel: 'error',
  });
  // A bundle does not load the styles of its lazy parts.
  const styles = readdirSync(directory).filter(file => file.endsWith('.css'));
  const player = join(asciinema, 'dist/bundle');
  for (const file of ['asciinema-player.min.js', 'asciinema-player.css']) {
    copyFileSync(join(player, file), join(directory, file));
  }
  writeFileSync(
    join(directory, 'index.html'),
    html(
      styles.map(file => `<link rel="stylesheet" href="${file}">`).join(''),
      '<div id="root"></div><script type="module" src="portalPage.js"></script>',
    ),
  );
  writeFileSync(
    join(directory, 'asciinema.html'),
    html(
      '<link rel="stylesheet" href="asciinema-player.css"><style>#player{width:1380px;height:760px}</style>',
      '<div id="player"></div><script src="asciinema-player.min.js"></script><script type="module" src="asciinemaPage.js"></script>',
    ),
  );
}
