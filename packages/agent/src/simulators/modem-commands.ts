import type { ModemCommand } from './modem-command.ts';
import { isSwitchName, ModemProfile, registerDigits } from './modem-profile.ts';

/** What a command leads to, besides the lines it prints. All but `done` and `hang-up` end the command line. */
export type CommandAnswer = { readonly lines?: readonly string[] } & (
  | { readonly kind: 'done' }
  | { readonly kind: 'error' }
  | { readonly kind: 'dial'; readonly digits: string }
  | { readonly kind: 'answer' }
  | { readonly kind: 'hang-up' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'online' }
);

const done: CommandAnswer = { kind: 'done' };
const error: CommandAnswer = { kind: 'error' };

/** ATI0 to ATI4. */
const identity = [
  'SERCLI 2400SX',
  '255',
  'OK',
  'sercli simulated modem, no telephone bill since 1981',
  'Speaker relay tone+pulse; dial 5550100 for the board, 5550199 to be called back',
];

/** The commands that change or show the profile. */
export class ModemCommands {
  readonly #profile: ModemProfile;
  readonly #stored = new ModemProfile();
  #register = 0;
  #lastDialled: string | undefined;

  constructor(profile: ModemProfile) {
    this.#profile = profile;
  }

  run(command: ModemCommand): CommandAnswer {
    switch (command.kind) {
      case 'letter':
        return this.#letter(command.name, command.value);
      case 'register':
        return this.#registerCommand(command);
      case 'dial':
        return this.#dial(command.digits);
      case 'unknown':
        return error;
      default:
        return command satisfies never;
    }
  }

  #letter(name: string, value: number): CommandAnswer {
    if (isSwitchName(name)) return this.#profile.setSwitch(name, value) ? done : error;
    switch (name) {
      case 'A':
        return { kind: 'answer' };
      case 'O':
        return value <= 1 ? { kind: 'online' } : error;
      case 'H':
        if (value > 1) return error;
        // H1 takes the receiver off the hook and leaves it there: nothing to see.
        return value === 0 ? { kind: 'hang-up' } : done;
      case 'Z':
        this.#profile.copy(this.#stored);
        return { kind: 'reset' };
      case 'I': {
        const line = identity[value];
        return line === undefined ? error : { kind: 'done', lines: [line] };
      }
      case '&F':
        this.#profile.reset();
        return done;
      case '&W':
        this.#stored.copy(this.#profile);
        return done;
      case '&V':
        return { kind: 'done', lines: this.#profile.describe() };
      default:
        return error;
    }
  }

  #registerCommand({ number, value, ask }: Extract<ModemCommand, { kind: 'register' }>): CommandAnswer {
    if (number !== undefined) this.#register = number;
    if (!this.#profile.hasRegister(this.#register)) return error;
    if (value !== undefined) return this.#profile.setRegister(this.#register, value) ? done : error;
    if (ask !== undefined) return { kind: 'done', lines: [registerDigits(this.#profile.register(this.#register))] };
    return done;
  }

  /** ATDL dials the last number again. */
  #dial(digits: string): CommandAnswer {
    if (digits === 'L') return this.#lastDialled === undefined ? error : { kind: 'dial', digits: this.#lastDialled };
    if (!/^[0-9*#ABCDTPW,@!]*;?$/.test(digits)) return error;
    this.#lastDialled = digits;
    return { kind: 'dial', digits };
  }
}
