/** Keys that only version 2 of the format has. */
export const pluralKeys: ReadonlySet<string> = new Set([
  'defines',
  'defaults',
  'delete_defaults',
  'admins',
  'leds',
  'connections',
  'rotators',
]);

/** Keys of a connection; what else stands there belongs to its options. */
export const connectionKeys: ReadonlySet<string> = new Set([
  'name',
  'accepter',
  'connector',
  'timeout',
  'enable',
  'options',
]);

const ledText = 'is not carried over: LEDs are not switched; use the trigger of the LED in /sys/class/leds';
const adminText = 'is not carried over: who uses which port is told by "sercli who" and "sercli ls"';

/** Why a key of the top level is not carried over. */
export const topLevelTexts: Readonly<Record<string, string>> = {
  led: ledText,
  leds: ledText,
  admin: adminText,
  admins: adminText,
};
