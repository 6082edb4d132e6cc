import { type ModemLines, modemLineNames } from '@sercli/protocol';

/** The modem lines as a line for people. */
export function formatLines(lines: ModemLines): string {
  return modemLineNames.map((name) => formatLine(name, lines[name])).join('  ');
}

/** A line that changed, with the time of day on this machine. */
export function formatChange(time: Date, name: keyof ModemLines, isOn: boolean): string {
  const [hours, minutes, seconds] = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(time.getMilliseconds()).padStart(3, '0')}  ${formatLine(name, isOn)}`;
}

function formatLine(name: keyof ModemLines, isOn: boolean): string {
  return `${name.toUpperCase()} ${isOn ? 'on' : 'off'}`;
}
