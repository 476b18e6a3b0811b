/** What a command is given of the world. Specs give a folder of their own and a fixed day. */
export interface Io {
  /** The checkout: where documents, releases, approvals and definitions are. */
  readonly top: string;
  /** Where the caller stands: files are named from here. */
  readonly cwd: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
  /** Writes to stdout. */
  out(text: string): void;
}

export interface Option {
  /** What its value is, for the help: `YYYY-MM-DD`. A flag has none. */
  readonly value?: string;
  readonly needed?: true;
}

export interface Command {
  /** What stands after its name: `BASE REVISION`, `[api…]`. */
  readonly operands: string;
  /** How many operands there may be, at least and at most. */
  readonly count: readonly [least: number, most: number];
  readonly options: Readonly<Record<string, Option>>;
  readonly summary: string;
  /** Answers the exit code: 0, or 1 for a breaking change or for findings. Throws `WrongUse`. */
  run(given: Given, io: Io): Promise<number>;
}

/** The operands and options that a command was given. */
export interface Given {
  readonly operands: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly values: Readonly<Record<string, string | undefined>>;
}

/** The caller can mend it; exit code 2 with the message in one line. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}
