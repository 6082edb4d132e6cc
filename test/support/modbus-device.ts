/** CRC-16 of Modbus over serial line (specification and implementation guide V1.02, 2.5.1.2). */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

const readHoldingRegisters = 3;
const requestBytes = 8;

/** A Modbus RTU device with holding registers: what it answers to all that comes. */
export function modbusDevice({
  unit,
  registers,
}: {
  unit: number;
  registers: readonly number[];
}): (bytes: Uint8Array) => Uint8Array {
  let received = Buffer.alloc(0);
  return (bytes) => {
    received = Buffer.concat([received, bytes]);
    if (received.length < requestBytes) return new Uint8Array(0);
    const request = received.subarray(0, requestBytes);
    received = received.subarray(requestBytes);
    const isMine = request[0] === unit && request[1] === readHoldingRegisters;
    if (!isMine || request.readUInt16LE(6) !== crcOf(request.subarray(0, 6))) return new Uint8Array(0);
    const [first, count] = [request.readUInt16BE(2), request.readUInt16BE(4)];
    const answer = Buffer.alloc(5 + 2 * count);
    answer.set([unit, readHoldingRegisters, 2 * count]);
    for (const [index, value] of registers.slice(first, first + count).entries())
      answer.writeUInt16BE(value, 3 + 2 * index);
    answer.writeUInt16LE(crcOf(answer.subarray(0, -2)), answer.length - 2);
    return answer;
  };
}
