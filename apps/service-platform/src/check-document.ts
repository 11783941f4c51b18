import type { GroupDocument } from '@yiqiu/contracts';
import type { FieldProblem } from '@yiqiu/kernel';
import { refusal, RefusedError } from '@yiqiu/kernel';
import { programManifest, resolveGroup } from '@yiqiu/service-domain';
import type { ApplyOptions, CheckedService, ServiceState, WantedGroup } from '@yiqiu/service-domain';
import { ConfigCheck } from './check-config.ts';

export interface CheckedGroup {
  readonly group: WantedGroup;
  /** By the document's names. */
  readonly checked: { readonly [service: string]: CheckedService };
}

/** A group document against the programs that it names: what `resolveGroup` says, and the config values by their schemas. */
export class CheckedDocument {
  readonly #config = new ConfigCheck();

  /** Throws RefusedError with all that is wrong. */
  check(state: ServiceState, document: GroupDocument, options: ApplyOptions): CheckedGroup {
    const resolved = resolveGroup(state, document, options);
    if (!resolved.ok) throw new RefusedError(resolved.error);
    const problems: FieldProblem[] = [];
    const checked: Record<string, CheckedService> = {};
    for (const { name, program, values, field } of resolved.group.services) {
      const manifest = programManifest(state, program.uid);
      const result = this.#config.check(program.uid, manifest, values, `${field}.config.`);
      if (!result.ok) problems.push(...result.problems);
      else
        checked[name.slice(name.indexOf('/') + 1)] = { programUid: program.uid, values, effective: result.effective };
    }
    if (problems.length > 0) throw new RefusedError(invalidConfig(problems));
    return { group: resolved.group, checked };
  }
}

export const invalidConfig = (problems: readonly FieldProblem[]) => {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return refusal('invalid', 'config-invalid', `${first?.field ?? 'config'}: ${first?.message ?? 'invalid'}${more}`, {
    errors: problems,
  });
};
