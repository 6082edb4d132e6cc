import fc from 'fast-check';

/** Parts of records, for property tests. */
export const aFingerprint = fc.stringMatching(/^[A-Z2-7]{51}[AQ]$/);

export const anInstant = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1000));

/** What a record may hold: record-line.ts refuses what cannot be printed. */
export const aNote = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .map((text) => text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '').trim())
  .filter((text) => text !== '');

/** A property that may be missing. */
export function optional<Name extends string, Value>(name: Name, values: fc.Arbitrary<Value>) {
  return fc
    .option(values, { nil: undefined })
    .map((value) => (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value });
}
