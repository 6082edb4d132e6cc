/** Text of a configuration of ser2net and the line that it stands on, counted from 1. */
export interface PlacedText {
  readonly text: string;
  readonly line: number;
  /** The file it stands in, where that is not the one that was asked for. */
  readonly file?: string | undefined;
}

export interface SaidOption {
  readonly name: string;
  /** Undefined where only the name stands there. */
  readonly value: string | undefined;
  readonly place: PlacedText;
}

/** A port of ser2net as it was written: what listens, and what is opened for who connects. */
export interface SaidConnection {
  readonly kind: 'connection';
  readonly name: string;
  readonly place: PlacedText;
  /** Accepter stack, `telnet(rfc2217),tcp,3333`. */
  readonly accepter: PlacedText | undefined;
  /** Connector stack, `serialdev,/dev/ttyS0,9600n81`. */
  readonly connector: PlacedText | undefined;
  readonly timeout: PlacedText | undefined;
  readonly enable: PlacedText | undefined;
  readonly options: readonly SaidOption[];
  /** What the escapes \p, \d and \o stand for, where that is not accepter, connector and name. */
  readonly shownAs?: { readonly accepter: string; readonly connector: string; readonly device: string };
}

export interface SaidRotator {
  readonly kind: 'rotator';
  readonly name: string;
  readonly place: PlacedText;
  readonly accepter: PlacedText | undefined;
  readonly connections: readonly PlacedText[];
  readonly options: readonly SaidOption[];
}

/** Sets a default from here on, or, without a value of a class, removes it. */
export interface SaidDefault {
  readonly kind: 'default' | 'delete-default';
  readonly name: string;
  readonly value: string | undefined;
  readonly className: string | undefined;
  readonly place: PlacedText;
}

/** What a file says, in its order: both formats are read into this. */
export type Statement = SaidConnection | SaidRotator | SaidDefault;

/** Something that is not carried over, and why. */
export interface Ser2netNote {
  readonly file: string;
  readonly line: number;
  /** `led-tx`, `connection con3`. */
  readonly what: string;
  /** Goes on where `what` ends: `is not carried over: ...`. */
  readonly problem: string;
}

/** Collects notes; those who read know a line, and perhaps a file. */
export class Notes {
  readonly #file: string;
  readonly #all: Ser2netNote[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add({ line, file = this.#file }: Pick<PlacedText, 'line' | 'file'>, what: string, problem: string): void {
    this.#all.push({ file, line, what, problem });
  }

  /** In the order of the lines. */
  get all(): readonly Ser2netNote[] {
    return [...this.#all].sort((one, other) => (one.file === other.file ? one.line - other.line : 0));
  }
}

/** Files that a configuration names: other configurations, passwords. */
export interface NamedFiles {
  /** @throws Error if it cannot be read */
  read(path: string): string;
  /** Paths that a pattern with `*` and `?` in its last part stands for, in order. */
  find(pattern: string): readonly string[];
}

/** For lines that come from no file. */
export const noFiles: NamedFiles = {
  read: () => {
    throw new Error('no files are read here');
  },
  find: () => [],
};
