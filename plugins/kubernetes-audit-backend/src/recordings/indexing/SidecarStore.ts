import { isError } from '@backstage/errors';
import {
  decodeSidecar,
  decodePartKeyframes,
  decodeSidecarPart,
  keyframeAt,
  Sidecar,
  SidecarPart,
  WithKeyframes,
} from 'backstage-plugin-kubernetes-audit-common';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { buffer } from 'node:stream/consumers';
import { recordingBlobs } from '../RecordingStore';
import type { PartRange } from './planParts';
import { decompressSidecar } from './sidecarCompression';

/**
 * Of the format, and of how the indexer and its emulator work: a recording is
 * indexed anew when it changes, for a stored object never does.
 */
const GENERATION = 3;

/** Which sidecar: the last one, or the one of the first so many chunks while the recording goes on. */
export type SidecarVersion = 'final' | number;

/**
 * Keeps sidecars beside the chunks of their recordings, in
 * `recordings/<id>/sidecar-3/`: `final`, before that `partial/<chunk count>`,
 * and the parts of both, `part-<from>-<to>`. They go when the recording goes.
 */
export class SidecarStore {
  static create(blobs: BlobStore): SidecarStore {
    return new SidecarStore(blobs);
  }

  private constructor(private readonly blobs: BlobStore) {}

  /** A sidecar as it is stored; undefined when there is none. */
  async find(
    id: string,
    version: SidecarVersion,
  ): Promise<Uint8Array | undefined> {
    try {
      return await buffer(await this.blobs.get(sidecarKey(id, version)));
    } catch (error) {
      if (isError(error) && error.name === 'NotFoundError') {
        return undefined;
      }
      throw error;
    }
  }

  /** @throws SidecarError when it is damaged */
  async read(
    id: string,
    version: SidecarVersion = 'final',
  ): Promise<WithKeyframes<Sidecar> | undefined> {
    const stored = await this.find(id, version);
    return stored && decodeSidecar(await decompressSidecar(stored));
  }

  /** @throws NotFoundError; SidecarError when it is damaged */
  async readPart(
    id: string,
    range: PartRange,
  ): Promise<WithKeyframes<SidecarPart>> {
    const stored = await buffer(await this.blobs.get(partKey(id, range)));
    return decodeSidecarPart(await decompressSidecar(stored));
  }

  /**
   * A part's keyframes alone: its text, which may be megabytes, is not parsed.
   *
   * @throws NotFoundError; SidecarError when it is damaged
   */
  async readKeyframes(id: string, range: PartRange): Promise<Uint8Array> {
    const stored = await buffer(await this.blobs.get(partKey(id, range)));
    return decodePartKeyframes(await decompressSidecar(stored));
  }

  /**
   * One of the sidecar's keyframes, encoded.
   *
   * @throws NotFoundError; SidecarError when it is damaged
   */
  async readKeyframe(
    id: string,
    sidecar: Sidecar,
    keyframe: Sidecar['keyframes'][number],
  ): Promise<Uint8Array> {
    const part = await this.readPart(id, sidecar.parts[keyframe.part]);
    return keyframeAt(part.keyframes, keyframe);
  }

  /**
   * The final one takes the place of those before it, and of earlier generations.
   *
   * @param sidecar - compressed
   */
  async write(
    id: string,
    version: SidecarVersion,
    sidecar: Uint8Array,
  ): Promise<void> {
    await this.blobs.put(sidecarKey(id, version), sidecar);
    if (version === 'final') {
      await this.blobs.delete(partialPrefix(id));
      for (let past = 1; past < GENERATION; past++) {
        await this.blobs.delete(prefixOf(id, past));
      }
    }
  }

  /** Deletes all that was made of a recording, to make it again. */
  async discard(id: string): Promise<void> {
    await this.blobs.delete(prefixOf(id));
  }

  /** @param part - compressed */
  async writePart(
    id: string,
    range: PartRange,
    part: Uint8Array,
  ): Promise<void> {
    await this.blobs.put(partKey(id, range), part);
  }
}

function prefixOf(id: string, generation = GENERATION): string {
  return `${recordingBlobs(id)}sidecar-${generation}/`;
}

function partialPrefix(id: string): string {
  return `${prefixOf(id)}partial/`;
}

function sidecarKey(id: string, version: SidecarVersion): string {
  return version === 'final'
    ? `${prefixOf(id)}final`
    : `${partialPrefix(id)}${version}`;
}

function partKey(id: string, { from, to }: PartRange): string {
  return `${prefixOf(id)}part-${from}-${to}`;
}
