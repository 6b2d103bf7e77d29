/** Where one request at a time is sent, and its reply awaited. */
export interface Channel {
  /** `due`: when it was to be sent, by `performance.now()`. */
  send(request: Buffer, due: number): void
  close(): void
}

/** Who sends, and hears of replies. */
export interface Sender {
  replied(channel: Channel, status: number, latencyMs: number): void
  /** Nothing more comes of it. */
  broke(why: string): void
}
