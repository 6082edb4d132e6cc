import * as v from 'valibot';

/** How the body of one message is written and read. `decode` throws an Error that says what is wrong. */
export interface BodyCodec<Fields> {
  encode(fields: Fields): Uint8Array;
  decode(body: Uint8Array): Fields;
}

/** A body of UTF-8 JSON that fits `schema`. Fields that the schema does not know are dropped: later releases may add some. */
export function jsonBody<Fields>(schema: v.GenericSchema<unknown, Fields>): BodyCodec<Fields> {
  return {
    encode: (fields) => encoder.encode(JSON.stringify(fields)),
    decode: (body) => {
      const result = v.safeParse(schema, JSON.parse(decoder.decode(body)));
      if (result.success) return result.output;
      const issue = result.issues[0];
      throw new Error(`${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
    },
  };
}

/** A body of unsigned integers, big endian, in the order of `layout`. */
export function integerBody<Name extends string>(
  layout: readonly (readonly [Name, 4 | 8])[],
): BodyCodec<Record<Name, number>> {
  const bytes = layout.reduce((sum, [, width]) => sum + width, 0);
  return {
    encode: (fields) => {
      const body = new Uint8Array(bytes);
      const view = new DataView(body.buffer);
      let at = 0;
      for (const [name, width] of layout) {
        if (width === 8) writeU64(view, at, fields[name]);
        else view.setUint32(at, fields[name]);
        at += width;
      }
      return body;
    },
    decode: (body) => {
      if (body.length !== bytes) throw new Error(`${body.length} bytes instead of ${bytes}`);
      const view = new DataView(body.buffer, body.byteOffset, body.length);
      let at = 0;
      const fields = {} as Record<Name, number>;
      for (const [name, width] of layout) {
        fields[name] = width === 8 ? readU64(view, at) : view.getUint32(at);
        at += width;
      }
      return fields;
    },
  };
}

/** Byte offsets are u64 on the wire and numbers in code: 2^53 bytes are 2,800 years at 100 kB/s. */
export function readU64(view: DataView, at: number): number {
  const value = view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
  if (!Number.isSafeInteger(value)) throw new Error(`offset ${value} is not below 2^53`);
  return value;
}

export function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value >>> 0);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
