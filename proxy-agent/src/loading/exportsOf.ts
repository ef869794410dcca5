/**
 * What a module exports that is loaded when it is needed:
 * `await exportsOf(import('./module'))`. Of CommonJS, which the sources and the
 * build are to Node, it is sure to find all of it under `default` alone.
 */
export async function exportsOf<TModule extends object>(
  importing: Promise<TModule & { default?: TModule }>,
): Promise<TModule> {
  const loaded = await importing;
  return loaded.default ?? loaded;
}
