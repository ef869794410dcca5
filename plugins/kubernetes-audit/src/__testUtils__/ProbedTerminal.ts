import { Terminal } from '@xterm/headless';

/** The emulator without a screen, which tells what reaches its own handlers. */
export class ProbedTerminal extends Terminal {
  /** The latest one made. */
  static last: ProbedTerminal;

  readonly reached: string[] = [];
  /** Which of what the emulator would send to the program somebody hears. */
  readonly listened: string[] = [];
  readonly textarea = document.createElement('textarea');
  keyHandler: ((event: KeyboardEvent) => boolean) | undefined;

  constructor(options: ConstructorParameters<typeof Terminal>[0]) {
    super({ ...options, allowProposedApi: true });
    ProbedTerminal.last = this;
    for (const name of ['onData', 'onBinary'] as const) {
      const event = this[name];
      Object.defineProperty(this, name, {
        get: () => {
          this.listened.push(name);
          return event;
        },
      });
    }
    // Handlers that are registered later are asked first.
    for (const identifier of [0, 2, 7, 8, 9, 52, 777, 1337]) {
      this.parser.registerOscHandler(identifier, () => {
        this.reached.push(`OSC ${identifier}`);
        return false;
      });
    }
    this.onTitleChange(title => this.reached.push(`title ${title}`));
  }

  open() {}

  attachCustomKeyEventHandler(handler: (event: KeyboardEvent) => boolean) {
    this.keyHandler = handler;
  }
}
