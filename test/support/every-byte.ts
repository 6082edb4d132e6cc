/** All 256 values, in order. */
export const everyByte: Buffer = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

export const everyByteBackwards: Buffer = Buffer.from(everyByte).reverse();
