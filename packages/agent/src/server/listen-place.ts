/** Where something listens: an IP address or a host name, `::` for all interfaces, and a TCP port, 0 for any free one. */
export interface ListenPlace {
  readonly host: string;
  readonly tcpPort: number;
}
