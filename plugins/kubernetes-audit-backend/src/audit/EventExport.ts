import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { Readable } from 'node:stream';
import {
  EventExportRequest,
  EventFileFormat,
  ExportEncryption,
} from 'backstage-plugin-kubernetes-audit-common';
import { encryptedZip } from '../encryptedZip';
import type { EventSelection } from './AuditStore';
import type { AuthorizedAuditStore } from './AuthorizedAuditStore';
import { EVENT_FILE_WRITERS } from './EventFileWriter';

/** Events that are in memory at once. */
const BATCH = 1000;

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/** A file of events, as it is made. */
export type EventFile = {
  fileName: string;
  contentType: string;
  content: Readable;
};

/** Events as files, encrypted where the configuration says so. */
export class EventExport {
  static create(options: {
    events: AuthorizedAuditStore;
    encryption: ExportEncryption;
    /** Milliseconds since 1970. */
    now: () => number;
  }): EventExport {
    return new EventExport(options.events, options.encryption, options.now);
  }

  private constructor(
    private readonly events: AuthorizedAuditStore,
    private readonly encryption: ExportEncryption,
    private readonly now: () => number,
  ) {}

  /**
   * @throws NotAllowedError, also when events may only leave encrypted; InputError
   */
  async download(
    credentials: UserCredentials,
    selection: EventSelection,
    format: EventFileFormat,
  ): Promise<EventFile> {
    if (this.encryption === 'required') {
      throw new NotAllowedError(
        'kubernetesAudit.export.encryption is required: use POST /v1/events/export with a password',
      );
    }
    return {
      fileName: this.#fileName(format),
      contentType: EVENT_FILE_WRITERS[format].contentType,
      content: Readable.from(
        await this.#content(credentials, selection, format),
        {
          objectMode: false,
        },
      ),
    };
  }

  /**
   * The events in a ZIP archive that needs the password.
   *
   * @throws NotAllowedError, also when nothing is to be encrypted here; InputError
   */
  async export(
    credentials: UserCredentials,
    selection: EventSelection,
    { format, password }: EventExportRequest,
  ): Promise<EventFile> {
    if (this.encryption === 'off') {
      throw new NotAllowedError(
        'kubernetesAudit.export.encryption is off: use GET /v1/events/export',
      );
    }
    const fileName = this.#fileName(format);
    return {
      fileName: `${fileName}.zip`,
      contentType: 'application/zip',
      content: encryptedZip({
        fileName,
        content: await this.#content(credentials, selection, format),
        password,
      }),
    };
  }

  /** The first batch is read before the answer begins: what is wrong with the filter is still a status. */
  async #content(
    credentials: UserCredentials,
    selection: EventSelection,
    format: EventFileFormat,
  ): Promise<AsyncGenerator<Buffer>> {
    const { head, write } = EVENT_FILE_WRITERS[format];
    const batches = await this.events.export(credentials, selection, {
      order: 'desc',
      batch: BATCH,
    });
    const first = await batches.next();
    async function* content() {
      yield Buffer.from(head);
      for (let next = first; !next.done; next = await batches.next()) {
        yield Buffer.from(next.value.map(write).join(''));
      }
    }
    return content();
  }

  #fileName(format: EventFileFormat): string {
    const time = new Date(this.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    return `request-audit_${time}.${format}`;
  }
}
