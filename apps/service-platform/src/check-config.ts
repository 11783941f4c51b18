import type { FieldProblem } from '@yiqiu/kernel';
import { storedManifest, toConfigFieldProblem, validateConfig } from '@yiqiu/program';
import type { Manifest } from '@yiqiu/program';
import type { JsonMap } from '@yiqiu/service-domain';

/** Manifests whose schema is kept compiled; beyond it all are compiled anew. */
const compiledMax = 500;

export type CheckedConfig =
  | { readonly ok: true; readonly effective: JsonMap }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Checks config values by a program's schema; a schema is compiled once per program version. */
export class ConfigCheck {
  readonly #manifests = new Map<string, Manifest>();

  /** `field`: where the values stand in the request, such as `services.redis.config.`. */
  check(programUid: string, manifestText: string, values: JsonMap, field: string): CheckedConfig {
    const result = validateConfig(this.#manifest(programUid, manifestText), values);
    if ('config' in result) return { ok: true, effective: result.config };
    return { ok: false, problems: result.problems.map((problem) => toConfigFieldProblem(problem, field)) };
  }

  #manifest(programUid: string, text: string): Manifest {
    const known = this.#manifests.get(programUid);
    if (known !== undefined) return known;
    const manifest = storedManifest.parse(JSON.parse(text));
    if (this.#manifests.size >= compiledMax) this.#manifests.clear();
    this.#manifests.set(programUid, manifest);
    return manifest;
  }
}
