/** In a session's output; found again in its recording and on the page. */
export const TERMINAL_MARKER = 'seen-on-the-terminal';
export const PIPE_MARKER = 'written-to-a-pipe';
export const SPDY_MARKER = 'carried-by-spdy';

/** Of the sessions that fail. */
export const EXIT_CODE = 7;

/** The printed command, pipe, stdin, SPDY and two terminals. */
export const SESSION_COUNT = 6;

/** Columns and rows of the user's terminal. */
export const TERMINAL_SIZE = '100x30';
