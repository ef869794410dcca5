/**
 * What a module exports that is loaded when it is needed:
 * `await exportsOf(import('./module'))`. Sources and build are CommonJS, of
 * which Node is sure to give the exports under `default` alone; a bundle has no
 * `default`.
 */
export async function exportsOf<TModule extends object>(
  importing: Promise<TModule & { default?: TModule }>,
): Promise<TModule> {
  const loaded = await importing;
  return loaded.default ?? loaded;
}
