import {
  MOMENT_HEADER_BYTES,
  momentLength,
} from 'backstage-plugin-kubernetes-audit-common';

/**
 * The bytes of a moment as they arrive: their first tell how many there are.
 *
 * @param onProgress - hears how much has been received, from 0 to 1
 */
export async function readMoment(
  response: Response,
  onProgress?: (share: number) => void,
): Promise<Uint8Array> {
  if (!onProgress || !response.body) {
    return new Uint8Array(await response.arrayBuffer());
  }
  let bytes = new Uint8Array(MOMENT_HEADER_BYTES);
  let received = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const { value } = part;
    const total = momentLength(bytes) || received + value.length;
    if (received + value.length > bytes.length) {
      const larger = new Uint8Array(Math.max(total, received + value.length));
      larger.set(bytes.subarray(0, received));
      bytes = larger;
    }
    bytes.set(value, received);
    received += value.length;
    onProgress(Math.min(received / (momentLength(bytes) || received), 1));
  }
  return bytes.subarray(0, received);
}
