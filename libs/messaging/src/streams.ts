import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { eventStream, reportStream } from '@yiqiu/contracts';
import type { ContextName } from '@yiqiu/kernel';

/** How much a stream keeps. Both bounds hold. */
export interface StreamBounds {
  readonly ageMsMax: number;
  readonly bytesMax: number;
  /** 3 in a production cluster. Default 1. */
  readonly replicas?: number;
}

const hourMs = 3_600_000;
/** A consumer that was away longer reads the owner's log. */
export const eventBoundsDefault: StreamBounds = { ageMsMax: 72 * hourMs, bytesMax: 512 * 1024 ** 2 };
/** Reports that nobody took for a week are repaired by state reports. */
export const reportBoundsDefault: StreamBounds = { ageMsMax: 168 * hourMs, bytesMax: 256 * 1024 ** 2 };

/** How long the server knows a message id. */
const duplicateWindowMs = 120_000;

type Config = Partial<StreamConfig> & Pick<StreamConfig, 'name'>;

const common = ({ ageMsMax, bytesMax, replicas = 1 }: StreamBounds) => ({
  storage: StorageType.File,
  max_age: nanos(ageMsMax),
  max_bytes: bytesMax,
  num_replicas: replicas,
  duplicate_window: nanos(Math.min(duplicateWindowMs, ageMsMax)),
  // JetStream answers a report to whatever reply subject the agent names, with the server's own rights. With these two an
  // answer to `$JS.API.STREAM.PURGE…` or `…MSG.DELETE…` does nothing; a DELETE of the stream must have no body.
  deny_purge: true,
  deny_delete: true,
});

/** The newest events of one context; the oldest go first. */
export const eventStreamConfig = (context: ContextName, bounds: StreamBounds = eventBoundsDefault): Config => ({
  ...common(bounds),
  name: eventStream(context).name,
  subjects: [...eventStream(context).subjects],
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
});

/**
 * Reports until their owner has acknowledged them. A full stream refuses more, and the agents keep theirs: nothing that
 * was accepted is dropped for something newer.
 */
export const reportStreamConfig = (bounds: StreamBounds = reportBoundsDefault): Config => ({
  ...common(bounds),
  name: reportStream.name,
  subjects: [...reportStream.subjects],
  retention: RetentionPolicy.Workqueue,
  discard: DiscardPolicy.New,
});

/**
 * Makes the stream, or brings its bounds up to date. Harmless to repeat, also from several processes at once. Rejects
 * where JetStream does not answer, or where a stream of that name has another retention.
 */
export const ensureStream = async (manager: JetStreamManager, wanted: Config): Promise<void> => {
  const found = await configOf(manager, wanted.name);
  if (found === null) {
    try {
      await manager.streams.add(wanted);
    } catch (error) {
      // Another process was first: what it made is looked at like any other.
      const made = await configOf(manager, wanted.name);
      if (made === null) throw error;
      await bringUpToDate(manager, made, wanted);
    }
    return;
  }
  await bringUpToDate(manager, found, wanted);
};

const bringUpToDate = async (manager: JetStreamManager, found: StreamConfig, wanted: Config): Promise<void> => {
  if (found.retention !== wanted.retention) {
    throw new Error(`stream ${wanted.name} has retention ${found.retention}, which cannot become ${wanted.retention}`);
  }
  if (sameBounds(found, wanted)) return;
  await manager.streams.update(wanted.name, { ...found, ...wanted });
};

const compared = [
  'max_age',
  'max_bytes',
  'num_replicas',
  'duplicate_window',
  'deny_purge',
  'deny_delete',
  'discard',
] as const satisfies readonly (keyof StreamConfig)[];

const sameBounds = (found: StreamConfig, wanted: Config): boolean =>
  compared.every((key) => found[key] === wanted[key]) && found.subjects.join() === wanted.subjects?.join();

const configOf = async (manager: JetStreamManager, name: string): Promise<StreamConfig | null> => {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (isStreamMissing(error)) return null;
    throw error;
  }
};

export const isStreamMissing = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;

export const isConsumerMissing = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound;
