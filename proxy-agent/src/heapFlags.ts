import { setFlagsFromString } from 'node:v8';

/*
 * How V8 manages memory. Imported before all else: what is loaded makes the
 * young generation grow.
 */

/*
 * The young generation grows to its whole size (16 MiB) in one step, where V8
 * would double it bit by bit: while it is small, the calls in flight survive
 * its collections and are copied each time. A tenth of the CPU of a small call,
 * for some 80 MiB that a busy proxy comes to take anyhow.
 */
setFlagsFromString('--semi-space-growth-factor=16');

/*
 * All is collected when it has grown to twice of what was alive, not by half:
 * what passes in bulk counts as growth though it is dead at once, and each
 * collection looks at all that is alive. A quarter of the CPU of a recorded
 * session that prints as fast as it can.
 */
setFlagsFromString('--heap-growing-percent=100');

/** That of Node 24; of others it is not known whether they have the flag, and they complain of one that they have not. */
const V8_WITH_EXTERNAL_LIMIT = 13;

/*
 * Memory outside the heap counts like that inside it. Else each 64 MiB of it
 * are a reason to look at all that is alive, and what comes over a tunnel is
 * read into such memory, 16 KiB at a time. Then the young generation is
 * collected instead, half as often and in a tenth of the time; it costs some
 * 60 MiB of memory.
 */
if (parseInt(process.versions.v8, 10) === V8_WITH_EXTERNAL_LIMIT) {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}
