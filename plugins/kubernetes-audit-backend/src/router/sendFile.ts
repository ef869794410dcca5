import type { Response } from 'express';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Answers with a file that is made while it is sent. */
export async function sendFile(
  response: Response,
  file: { fileName: string; contentType: string; content: Readable },
): Promise<void> {
  response.set({
    'Content-Type': file.contentType,
    'Content-Disposition': `attachment; filename="${file.fileName}"`,
    'Cache-Control': 'no-store',
  });
  await pipeline(file.content, response);
}
