const dayMs = 86_400_000;

let format: Intl.DateTimeFormat | undefined;

/** In the time zone of this machine, as ISO 8601 has it: so they write in Sweden. Reading that takes 20 ms. */
function localFormat(): Intl.DateTimeFormat {
  format ??= new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'short' });
  return format;
}

/**
 * A time for people: `10:04`, and `2026-11-20 10:04` where the day is not clear.
 *
 * @param iso - ISO 8601
 */
export function formatMoment(iso: string, now: number = Date.now()): string {
  const moment = new Date(iso);
  const text = localFormat().format(moment);
  return now - moment.getTime() < dayMs ? text.slice(-'10:04'.length) : text;
}
