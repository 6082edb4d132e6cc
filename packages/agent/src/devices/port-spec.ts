import { type LineSettingsChange, parseLineSettings, portNamePattern, reasonOf, SercliError } from '@sercli/protocol';
import { isSimulatorKind, type SimulatorKind, simulatorKinds } from '../simulators/simulators.ts';

/** What a port is made of: a device of this machine, a simulated one, or a program on a terminal. */
export type PortSpec = {
  /** The port's name in addresses. */
  readonly name: string;
  /** What is said about the line settings. */
  readonly settings: LineSettingsChange;
} & (
  | { readonly kind: 'device'; readonly path: string }
  | { readonly kind: 'simulator'; readonly simulator: SimulatorKind }
  | { readonly kind: 'program'; readonly command: string }
);

/**
 * Reads `[name=]DEVICE[,SETTINGS]`, where DEVICE is a path, `sim:KIND` or `exec:COMMAND`.
 * A command goes to the end of the text, commas and equals signs included, so a program has no settings.
 * A name ends at the first `=`, and only if nothing but a name stands before it: `/dev/serial/by-id/a=b` has none.
 *
 * @throws SercliError `bad-port-spec`
 */
export function parsePortSpec(text: string): PortSpec {
  const named = /^([^/:,=]*)=(.*)$/s.exec(text);
  const name = named?.[1];
  const device = named?.[2] ?? text;
  if (name !== undefined && !portNamePattern.test(name)) throw badName(text, name);
  if (device.startsWith('exec:')) return programSpec(text, name, device.slice('exec:'.length));
  const comma = device.indexOf(',');
  const place = comma < 0 ? device : device.slice(0, comma);
  const settings = comma < 0 ? {} : settingsOf(text, device.slice(comma + 1));
  if (place.startsWith('sim:')) return simulatorSpec(text, name, place.slice('sim:'.length), settings);
  if (!place.includes('/')) {
    throw badPortSpec(
      text,
      place === '' ? 'the device is missing' : `"${place}" is no path; did you mean /dev/${place}?`,
    );
  }
  return { kind: 'device', name: name ?? defaultName(text, lastPart(place)), path: place, settings };
}

function programSpec(text: string, name: string | undefined, command: string): PortSpec {
  const trimmed = command.trim();
  if (trimmed === '') throw badPortSpec(text, 'the command is missing');
  const program = lastPart(/^\S+/.exec(trimmed)?.[0] ?? '');
  return { kind: 'program', name: name ?? defaultName(text, program), command: trimmed, settings: {} };
}

function simulatorSpec(
  text: string,
  name: string | undefined,
  simulator: string,
  settings: LineSettingsChange,
): PortSpec {
  if (!isSimulatorKind(simulator)) {
    const kinds = Object.keys(simulatorKinds).join(', ');
    throw badPortSpec(text, `there is no simulator "${simulator}", only ${kinds}`);
  }
  return { kind: 'simulator', name: name ?? defaultName(text, simulator), simulator, settings };
}

function settingsOf(text: string, settings: string): LineSettingsChange {
  try {
    return parseLineSettings(settings);
  } catch (error) {
    throw badPortSpec(text, reasonOf(error), error);
  }
}

function defaultName(text: string, name: string): string {
  if (portNamePattern.test(name)) return name;
  throw badPortSpec(
    text,
    `"${name}" cannot be the name of the port, so one must be given in front, as in name=${text}`,
  );
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function badName(text: string, name: string): SercliError {
  const why =
    name === ''
      ? 'the name before = is missing'
      : `"${name}" is no name: letters, digits, . _ - and at most 64 of them`;
  return badPortSpec(text, why);
}

function badPortSpec(spec: string, reason: string, cause?: unknown): SercliError {
  return new SercliError('bad-port-spec', { spec, reason }, { cause });
}
