import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: AnySchema;
}
type Content = { readonly [type: string]: { readonly schema: AnySchema } };

export interface Operation {
  readonly method: string;
  /** With its parameters, as `/api/v1/pools/{pool}`. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Of a body in JSON; null where it takes none. */
  readonly body: AnySchema | null;
  readonly responses: { readonly [status: string]: { readonly content?: Content } };
}

interface Document {
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: Pick<Operation, 'responses'> & {
        readonly parameters?: readonly Parameter[];
        readonly requestBody?: { readonly content: Content };
      };
    };
  };
  readonly components: object;
}

/** The OpenAPI document of a running platform: what it promises, held against what it answers. */
export class OpenApi {
  readonly operations: readonly Operation[];
  readonly #components: object;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  readonly #validators = new Map<AnySchema, ValidateFunction>();

  constructor({ paths, components }: Document) {
    this.#components = components;
    this.operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { parameters = [], requestBody, responses }]) => ({
        method: method.toUpperCase(),
        path,
        parameters,
        body: requestBody?.content['application/json']?.schema ?? null,
        responses,
      })),
    );
  }

  static async of(server: string): Promise<OpenApi> {
    return new OpenApi((await (await fetch(`${server}/api/openapi.json`)).json()) as Document);
  }

  isValid(schema: AnySchema, value: unknown): boolean {
    return this.#validator(schema)(value) === true;
  }

  /** Throws where an answer is not one that the document has for that operation. */
  check(method: string, url: string, status: number, type: string, body: unknown): void {
    const [path = ''] = url.split('?');
    const operation = this.#operationOf(method, path);
    const what = `${method} ${path}: ${status}`;
    if (operation === null) {
      if (status !== 404 && status !== 405) throw new Error(`${what}: the OpenAPI has no such operation`);
      return;
    }
    const response = operation.responses[status];
    if (response === undefined) throw new Error(`${what} is not among ${Object.keys(operation.responses).join(', ')}`);
    const [media = ''] = type.split(';');
    const schema = response.content?.[media]?.schema;
    if (schema === undefined) {
      throw new Error(`${what} is ${media}, and may be ${Object.keys(response.content ?? {}).join(', ')}`);
    }
    const validate = this.#validator(schema);
    if (validate(body)) return;
    throw new Error(`${what}: ${this.#ajv.errorsText(validate.errors)}\n${JSON.stringify(body).slice(0, 2_000)}`);
  }

  /** With references followed at its top. */
  resolved(schema: AnySchema): { readonly [key: string]: unknown } {
    if (typeof schema !== 'object') return {};
    const reference = (schema as { $ref?: string }).$ref;
    if (reference === undefined) return schema as { [key: string]: unknown };
    const { schemas } = this.#components as { schemas: { [name: string]: AnySchema } };
    return this.resolved(schemas[reference.split('/').at(-1) ?? ''] ?? {});
  }

  /** The one with the fewest parameters: `/machines/{machine}/declare-dead` before `/machines/{machine}/{verb}`. */
  #operationOf(method: string, path: string): Operation | null {
    const parts = path.split('/');
    const fits = (template: string): boolean => {
      const wanted = template.split('/');
      return wanted.length === parts.length && wanted.every((part, at) => part.startsWith('{') || part === parts[at]);
    };
    const found = this.operations.filter((operation) => operation.method === method && fits(operation.path));
    return found.sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0] ?? null;
  }

  #validator(schema: AnySchema): ValidateFunction {
    const known = this.#validators.get(schema);
    if (known !== undefined) return known;
    const whole = typeof schema === 'object' ? { ...schema, components: this.#components } : schema;
    const validator = this.#ajv.compile(whole);
    this.#validators.set(schema, validator);
    return validator;
  }
}
