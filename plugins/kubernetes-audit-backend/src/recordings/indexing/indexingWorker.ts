import {
  decodeSidecar,
  encodeSidecar,
  encodeSidecarPart,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  isMainThread,
  MessagePort,
  parentPort,
  workerData,
} from 'node:worker_threads';
import type { IndexingRequest, IndexingResponse } from './indexingProtocol';
import { firstChunkOf, PartBuilder } from './PartBuilder';
import { compressSidecar, decompressSidecar } from './sidecarCompression';

/** Tells this worker from any other that may load this file. */
export const INDEXING_WORKER = 'kubernetes-audit-indexing';

/** This file, wherever and in whichever form it is: the worker starts with it. */
export const INDEXING_WORKER_FILE = __filename;

async function answer(
  request: IndexingRequest,
  state: { builder?: PartBuilder },
): Promise<IndexingResponse> {
  if (request.type === 'begin') {
    const before =
      request.before && decodeSidecar(await decompressSidecar(request.before));
    state.builder = await PartBuilder.create(request.range, before);
    return { type: 'begun', firstChunk: firstChunkOf(before?.content) };
  }
  const { builder } = state;
  if (!builder) {
    throw new Error('no part was begun');
  }
  if (request.type === 'chunk') {
    await builder.add(request.index, request.bytes);
    return { type: 'added' };
  }
  state.builder = undefined;
  const { part, sidecar } = await builder.finish(request.isComplete);
  return {
    type: 'finished',
    isFailed: sidecar.content.failure !== undefined,
    part: await compressSidecar(encodeSidecarPart(part)),
    sidecar: await compressSidecar(encodeSidecar(sidecar)),
  };
}

function serve(port: MessagePort): void {
  const state: { builder?: PartBuilder } = {};
  port.on('message', async (request: IndexingRequest) => {
    port.postMessage(
      await answer(request, state).catch(
        (error): IndexingResponse => ({
          type: 'failed',
          message: String(error),
        }),
      ),
    );
  });
}

if (!isMainThread && parentPort && workerData === INDEXING_WORKER) {
  serve(parentPort);
}
