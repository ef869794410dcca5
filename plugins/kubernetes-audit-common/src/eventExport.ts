import { z } from 'zod';
import {
  MAX_EXPORT_PASSWORD_LENGTH,
  MIN_EXPORT_PASSWORD_LENGTH,
} from './exportPassword';

/** The formats that events are exported in. @public */
export const EVENT_FILE_FORMATS = ['csv', 'jsonl'] as const;

/** A format that events are exported in. @public */
export type EventFileFormat = (typeof EVENT_FILE_FORMATS)[number];

/** What an encrypted export of events is asked with. @public */
export type EventExportRequest = {
  password: string;
  format: EventFileFormat;
};

/**
 * The body of `POST /v1/events/export`; without a format `csv`. Which events
 * is said by the query, as in `GET /v1/events`.
 *
 * @public
 */
export const eventExportSchema: z.ZodType<EventExportRequest> = z.object({
  password: z
    .string()
    .min(MIN_EXPORT_PASSWORD_LENGTH)
    .max(MAX_EXPORT_PASSWORD_LENGTH),
  format: z.enum(EVENT_FILE_FORMATS).default('csv'),
});
