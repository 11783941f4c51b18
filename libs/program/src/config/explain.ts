import type { ErrorObject } from 'ajv/dist/2020.js';

export interface Explained {
  /** What was wrong. */
  reason: string;
  /** What is allowed. */
  allowed: string;
}

/** An ajv error in the words of a problem. */
export function explain(error: ErrorObject): Explained {
  const params: Record<string, unknown> = error.params;
  switch (error.keyword) {
    case 'type':
      return both(`must be ${listOf(params['type'], ' or ')}`, listOf(params['type'], ' or '));
    case 'enum':
      return both('is not one of the allowed values', listOf(params['allowedValues'], ', '));
    case 'const':
      return both('is not the one allowed value', JSON.stringify(params['allowedValue']));
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum': {
      const bound = `${String(params['comparison'])} ${String(params['limit'])}`;
      return both(`must be ${bound}`, bound);
    }
    case 'minLength':
    case 'maxLength':
      return both(
        `must have ${edge(error.keyword)} ${String(params['limit'])} characters`,
        `${edge(error.keyword)} ${String(params['limit'])} characters`,
      );
    case 'minItems':
    case 'maxItems':
      return both(
        `must have ${edge(error.keyword)} ${String(params['limit'])} elements`,
        `${edge(error.keyword)} ${String(params['limit'])} elements`,
      );
    case 'pattern':
      return both('does not match the pattern', `what matches ${String(params['pattern'])}`);
    case 'format':
      return both(`is no ${String(params['format'])}`, String(params['format']));
    case 'required':
      return both('needs a value', 'a value: the key has no default');
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return both(
        `has an unknown key "${String(params['additionalProperty'] ?? params['unevaluatedProperty'])}"`,
        'the declared keys',
      );
    default:
      return both(error.message ?? `fails "${error.keyword}"`, `what "${error.keyword}" of the schema allows`);
  }
}

const both = (reason: string, allowed: string): Explained => ({ reason, allowed });
const edge = (keyword: string): string => (keyword.startsWith('min') ? 'at least' : 'at most');

function listOf(value: unknown, separator: string): string {
  const words = Array.isArray(value) ? value : [value];
  return words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(separator);
}
