import { type ListedPort, parseSequence, type SequenceStep, SercliError } from '@sercli/protocol';

/** A line sequence with a name. */
export interface NamedSequence {
  readonly name: string;
  /** As `parseSequence` reads it. */
  readonly text: string;
  /** What it does, and to what. */
  readonly does: string;
}

/**
 * The sequences that need no configuration. On the pins of an adapter a line that is on is low. Sources: esptool (reset.py),
 * avrdude (arduino.c), stm32loader (README.md, "Electrically").
 */
const builtInSequences: readonly NamedSequence[] = [
  { name: 'dtr', text: 'dtr=on 100ms dtr=off', does: 'resets a board whose reset is DTR' },
  { name: 'rts', text: 'rts=on 100ms rts=off', does: 'resets a board whose reset is RTS' },
  { name: 'esp32', text: 'dtr=off,rts=on 100ms rts=off', does: 'runs the program of an ESP32 or ESP8266' },
  {
    name: 'esp32-bootloader',
    text: 'dtr=off,rts=off dtr=on,rts=on dtr=off,rts=on 100ms dtr=on,rts=off 50ms dtr=off,rts=off',
    does: 'starts the bootloader of an ESP32 or ESP8266',
  },
  {
    name: 'esp32-bootloader-slow',
    text: 'dtr=off,rts=off dtr=on,rts=on dtr=off,rts=on 100ms dtr=on,rts=off 550ms dtr=off,rts=off',
    does: 'the same for boards with a large capacitor at EN',
  },
  {
    name: 'esp32-usb',
    text: 'dtr=off,rts=on 200ms rts=off 200ms',
    does: 'runs the program, by the USB port of the chip',
  },
  {
    name: 'esp32-usb-bootloader',
    text: 'dtr=off,rts=off 100ms dtr=on 100ms rts=on dtr=off 100ms rts=off',
    does: 'starts the bootloader, by the USB port of the chip',
  },
  {
    name: 'arduino',
    // No longer than 100 us: the capacitor at the reset pin would lift it above the supply.
    text: 'dtr=off,rts=off 250ms dtr=on,rts=on 100us dtr=off,rts=off 100ms',
    does: 'resets an Arduino, whose bootloader then waits a moment',
  },
  {
    name: 'stm32',
    text: 'dtr=on,rts=on 100ms dtr=off 500ms',
    does: 'runs the program of an STM32 with DTR at NRST and RTS at BOOT0',
  },
  {
    name: 'stm32-bootloader',
    text: 'dtr=on,rts=off 100ms dtr=off 500ms',
    does: 'starts the bootloader of an STM32 with DTR at NRST and RTS at BOOT0',
  },
];

/** What can be run by name at a port: what its agent's configuration names, before what needs none. */
export function sequencesAt({ sequences = {} }: Pick<ListedPort, 'sequences'>): readonly NamedSequence[] {
  const does = 'from the configuration of the agent';
  const own = Object.entries(sequences).map(([name, text]): NamedSequence => ({ name, text, does }));
  return [...own, ...builtInSequences.filter(({ name }) => !Object.hasOwn(sequences, name))];
}

/**
 * The steps of a sequence that is called by its name.
 *
 * @throws SercliError `sequence-not-found`; `bad-sequence` where the agent tells one that cannot be read here
 */
export function findSequence(port: ListedPort, name: string): readonly SequenceStep[] {
  const known = sequencesAt(port);
  const found = known.find((sequence) => sequence.name === name);
  if (found !== undefined) return parseSequence(found.text);
  const names = known.map((sequence) => sequence.name).join(', ');
  throw new SercliError('sequence-not-found', { name, port: port.name, names });
}
