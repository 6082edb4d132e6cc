/**
 * What node-serialport wants of a binding, as @serialport/bindings-interface 1.2 declares it. Declared here because its own
 * declarations cannot be found with TypeScript's `node16` and `nodenext` resolution: `exports` in its package.json hides them.
 * Types are compared by their shape, so these fit wherever those are wanted.
 */

export interface SerialPortOpenOptions {
  /** The port's address: `SerialMachine/ttyS0`. */
  path: string;
  /** Bits per second. */
  baudRate: number;
  /** 8 unless said otherwise. */
  dataBits?: 5 | 6 | 7 | 8;
  lock?: boolean;
  /** 1 unless said otherwise. */
  stopBits?: 1 | 1.5 | 2;
  /** `none` unless said otherwise. */
  parity?: string;
  rtscts?: boolean;
  xon?: boolean;
  xoff?: boolean;
  xany?: boolean;
  hupcl?: boolean;
}

export interface SerialPortInfo {
  path: string;
  manufacturer: string | undefined;
  serialNumber: string | undefined;
  pnpId: string | undefined;
  locationId: string | undefined;
  productId: string | undefined;
  vendorId: string | undefined;
}

export interface SerialPortUpdateOptions {
  /** Bits per second. */
  baudRate: number;
}

export interface SerialPortSetOptions {
  brk?: boolean;
  cts?: boolean;
  dsr?: boolean;
  dtr?: boolean;
  rts?: boolean;
}

export interface SerialPortStatus {
  cts: boolean;
  dsr: boolean;
  dcd: boolean;
}

/** An open port, as a `SerialPortStream` uses it. */
export interface SerialPortBinding {
  readonly openOptions: Required<SerialPortOpenOptions>;
  isOpen: boolean;
  close(): Promise<void>;
  read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }>;
  write(buffer: Buffer): Promise<void>;
  update(options: SerialPortUpdateOptions): Promise<void>;
  set(options: SerialPortSetOptions): Promise<void>;
  get(): Promise<SerialPortStatus>;
  getBaudRate(): Promise<{ baudRate: number }>;
  flush(): Promise<void>;
  drain(): Promise<void>;
}
