/** Bytes of one message, either way. Larger content goes as a stream of pieces. */
export const messageBytesMax = 64 * 1024 * 1024;

/** Bytes of headers or trailers; a refusal with its field problems has to fit (errors/grpc.ts). */
export const metadataBytesMax = 64 * 1024;

/** What both ends of a channel agree on. */
export const channelOptions = {
  'grpc.max_send_message_length': messageBytesMax,
  'grpc.max_receive_message_length': messageBytesMax,
  'grpc.max_metadata_size': metadataBytesMax,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
} as const;
