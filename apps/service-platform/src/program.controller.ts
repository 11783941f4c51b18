import type { ServerReadableStream } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod, GrpcStreamMethod } from '@nestjs/microservices';
import type { Metadata } from '@grpc/grpc-js';
import type { Runtime } from '@yiqiu/context-runtime';
import type { common, service } from '@yiqiu/contracts/grpc';
import type { EventLog } from '@yiqiu/event-log';
import { refusal, RefusedError } from '@yiqiu/kernel';
import { EVENT_LOG, readOptionsOf, RUNTIME, streamIn, submitMetaOf } from '@yiqiu/platform-kit';
import { packageBytesMax, signDigest, storedManifest, toFieldProblem, verifyPackage } from '@yiqiu/program';
import type { PackageVerification } from '@yiqiu/program';
import { getProgram, listPrograms, programUnknown } from '@yiqiu/service-domain';
import type { JsonMap, ServiceCommand, ServiceState } from '@yiqiu/service-domain';
import type { Observable } from 'rxjs';
import { z } from 'zod';
import { programMessage } from './messages.ts';
import { changeOf, listOptionsOf, pageMessage } from './requests.ts';
import { SIGNING_KEY } from './tokens.ts';

/** Archives that are taken at a time: each may hold 256 MiB of memory while it is checked. */
const uploadsMax = 2;

interface Upload {
  readonly meta: common.CommandMeta | undefined;
  readonly archive: Uint8Array;
}

/** Programs: pushed, listed. */
@Controller()
export class ProgramController {
  #uploads = 0;

  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime<ServiceState, ServiceCommand>,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(SIGNING_KEY) private readonly signingKey: string,
  ) {}

  /** Verified, then kept, then signed, then in the log: what the log names is always there. */
  @GrpcStreamMethod('ServicePlatformService', 'pushProgram')
  push(
    pieces: Observable<service.PushProgramRequest>,
    _metadata: Metadata,
    call: ServerReadableStream<service.PushProgramRequest, service.ProgramChanged>,
  ): Observable<service.ProgramChanged> {
    return streamIn(pieces, call, async (items) => {
      if (this.#uploads >= uploadsMax) throw new RefusedError(tooMany);
      this.#uploads += 1;
      try {
        const { meta, archive } = await collect(items);
        if (call.cancelled) throw new RefusedError(refusal('malformed', 'upload-broken', 'the upload was broken off'));
        return await this.#push(meta, archive);
      } finally {
        this.#uploads -= 1;
      }
    });
  }

  async #push(meta: common.CommandMeta | undefined, archive: Uint8Array): Promise<service.ProgramChanged> {
    const submitMeta = submitMetaOf(meta);
    const verified = await verifyPackage(archive);
    if ('problems' in verified) throw refusedPackage(verified);
    const { manifest, digest, size } = verified;
    await this.log.blobs.put(digest, archive);
    const { name, version } = manifest;
    const data = {
      ...{ name, version, digest, sizeBytes: size, manifest: jsonMap.parse(storedManifest.parse(manifest)) },
      signature: signDigest(digest, this.signingKey),
    };
    const submitted = await this.runtime.submit({ type: 'PushProgram', data }, submitMeta);
    const program = await this.#program(name, version, submitted.position);
    return { change: changeOf(submitted).change, program };
  }

  @GrpcMethod('ServicePlatformService', 'listPrograms')
  list(request: common.ListRequest): Promise<service.ProgramPage> {
    const options = listOptionsOf(request, ['name']);
    return this.runtime.read(
      (state) => pageMessage(listPrograms(state, options), programMessage),
      readOptionsOf(request),
    );
  }

  @GrpcMethod('ServicePlatformService', 'getProgram')
  get({ name, version }: service.GetProgramRequest): Promise<service.Program> {
    return this.#program(name, version, undefined);
  }

  #program(name: string, version: string, minPosition: number | undefined): Promise<service.Program> {
    return this.runtime.read((state) => {
      const found = getProgram(state, name, version);
      if (found === null) throw new RefusedError(programUnknown(`${name}@${version}`));
      return programMessage(found);
    }, readOptionsOf({ minPosition }));
  }
}

const jsonMap: z.ZodType<JsonMap> = z.record(z.string(), z.json());

const tooMany = refusal(
  'exhausted',
  'uploads-exhausted',
  `${uploadsMax} packages are being taken in already; push again in a moment`,
);

/** The pieces as one archive. Throws RefusedError (too-large) as soon as there is too much. */
const collect = async (items: AsyncIterable<service.PushProgramRequest>): Promise<Upload> => {
  let meta: common.CommandMeta | undefined;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const item of items) {
    meta ??= item.meta;
    bytes += item.chunk.length;
    if (bytes > packageBytesMax) {
      throw new RefusedError(
        refusal('too-large', 'package-too-large', `the package has more than ${packageBytesMax} bytes`, {
          errors: [{ field: 'package', value: bytes, allowed: `at most ${packageBytesMax} bytes` }],
        }),
      );
    }
    chunks.push(item.chunk);
  }
  return { meta, archive: Buffer.concat(chunks) };
};

const refusedPackage = ({ problems }: Extract<PackageVerification, { problems: unknown }>): RefusedError => {
  const errors = problems.map(toFieldProblem);
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new RefusedError(
    refusal('invalid', 'package-invalid', `${first?.field ?? 'package'}: ${first?.message ?? 'invalid'}${more}`, {
      errors,
      next: 'yiqiu program lint DIR',
    }),
  );
};
