/**
 * The file name that a `Content-Disposition` header proposes (RFC 6266),
 * without any path.
 */
export function fileNameOf(header: string | null): string | undefined {
  if (!header) {
    return undefined;
  }
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(header)?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(header)?.[1];
  const name = extended ? decodeOrUndefined(extended) ?? plain : plain;
  return name?.trim().replace(/^.*[\\/]/, '') || undefined;
}

function decodeOrUndefined(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
