import type { Metadata, ServerWritableStream } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { readBlob, readEvents, readHead } from '@yiqiu/context-runtime';
import type { Runtime, ServedLog } from '@yiqiu/context-runtime';
import type { log } from '@yiqiu/contracts/grpc';
import type { EventLog } from '@yiqiu/event-log';
import type { Command } from '@yiqiu/kernel';
import type { Observable } from 'rxjs';
import { streamOut } from '../grpc/index.ts';
import { STOPPING } from '../service/lifecycle.ts';
import { EVENT_LOG, RUNTIME } from './tokens.ts';

/** yiqiu.log.v1.EventLogService: the log for other contexts that missed something, for event pages, for audits. */
@Controller()
export class EventLogController {
  readonly #served: ServedLog;
  readonly #stopping: AbortSignal;

  constructor(
    @Inject(EVENT_LOG) eventLog: EventLog,
    @Inject(RUNTIME) runtime: Pick<ServedLog, 'stateHash'> & Pick<Runtime<unknown, Command>, 'status' | 'moveClosed'>,
    @Inject(STOPPING) stopping: AbortSignal,
  ) {
    this.#served = {
      log: eventLog,
      stateHash: () => runtime.stateHash(),
      moveClosed: () => runtime.moveClosed(),
      halts: () => runtime.status().halts,
    };
    this.#stopping = stopping;
  }

  @GrpcMethod('EventLogService', 'read')
  read(
    request: log.ReadRequest,
    _metadata: Metadata,
    call: ServerWritableStream<log.ReadRequest, log.StoredEvent>,
  ): Promise<Observable<never>> {
    return streamOut(call, (signal) => readEvents(this.#served, request, signal), this.#stopping);
  }

  @GrpcMethod('EventLogService', 'head')
  head(request: log.HeadRequest): Promise<log.HeadResponse> {
    return readHead(this.#served, request);
  }

  @GrpcMethod('EventLogService', 'stateHash')
  stateHash(): Promise<log.StateHashResponse> {
    return this.#served.stateHash();
  }

  @GrpcMethod('EventLogService', 'readBlob')
  readBlob(
    request: log.ReadBlobRequest,
    _metadata: Metadata,
    call: ServerWritableStream<log.ReadBlobRequest, log.BlobChunk>,
  ): Promise<Observable<never>> {
    return streamOut(call, (signal) => readBlob(this.#served, request, signal), this.#stopping);
  }
}
