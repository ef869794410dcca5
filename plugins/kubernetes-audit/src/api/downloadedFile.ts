import { fileNameOf } from './contentDisposition';
import type { DownloadedFile, FileOptions } from './KubernetesAuditApi';

/**
 * The file that an answer is, under the name that the portal gives it.
 *
 * @param fallback - its name where the portal gives none
 */
export async function fileOf(
  response: Response,
  fallback: string,
  { onProgress }: FileOptions = {},
): Promise<DownloadedFile> {
  const told = onProgress ? counted(response, onProgress) : response;
  return {
    // A blob is kept by the browser, on disk when it is large, not in the page's heap.
    blob: await told.blob(),
    fileName:
      fileNameOf(response.headers.get('content-disposition')) ?? fallback,
  };
}

/** The same answer, whose bytes are counted as they come. */
function counted(
  response: Response,
  onProgress: (received: number) => void,
): Response {
  let received = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      received += chunk.length;
      onProgress(received);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(counter), {
    headers: response.headers,
  });
}
