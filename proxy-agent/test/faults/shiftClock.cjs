// Loaded before a process begins: its wall clock goes wrong by the number of
// milliseconds that stands in a file, from the moment that it stands there.
const { readFileSync } = require('node:fs');

const RealDate = Date;
const LOOK_EVERY_MS = 20;

let offset = 0;
let lookedAt = -Infinity;

function now() {
  if (performance.now() - lookedAt > LOOK_EVERY_MS) {
    lookedAt = performance.now();
    offset = Number(readFileSync(process.env.CLOCK_OFFSET_FILE, 'utf8'));
  }
  return RealDate.now() + offset;
}

class ShiftedDate extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now()] : parts));
  }

  static now() {
    return now();
  }
}

// Not an assignment, which the type checker would take for a declaration.
Object.assign(globalThis, { Date: ShiftedDate });
