/** One side of the comparison, ready for one round on an empty database. */
export interface Contestant {
  /** Resolves when the one event of this client's command is durable. */
  send(client: number): Promise<void>;
  close(): Promise<void>;
}

/** Streams that are written to, on both sides; client n writes to stream n mod 64. */
export const streamsCount = 64;
