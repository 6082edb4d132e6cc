import { formatLineSettings, type LineSettings } from '@sercli/protocol';

/** What was asked for and what there is instead. */
export interface SettingsDifference {
  readonly wanted: LineSettings;
  readonly settings: LineSettings;
}

export function differenceText({ wanted, settings }: SettingsDifference): string {
  return `asked for ${formatLineSettings(wanted)}, and the line has ${formatLineSettings(settings)}`;
}
