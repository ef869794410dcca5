/** Names and values in turn, as they stand on the wire, a character for a byte; a name may come several times. */
export type RawHeaders = string[];
