import { setFlagsFromString } from 'node:v8';

/*
 * How V8 manages memory. A command that stays imports it before all else: what
 * is loaded makes the young generation grow. Another command does without: Node
 * starts from compiled code that is of no use under other flags.
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
