import { z } from 'zod';

/**
 * A gRPC message as the view of REST: the same names, `undefined` as null where the schema allows null. What does not fit
 * the schema is a defect of ours and throws.
 */
export const viewOf = <S extends z.ZodType>(schema: S, message: unknown): z.infer<S> =>
  schema.parse(withNulls(schema, message));

const withNulls = (schema: z.ZodType, value: unknown): unknown => {
  if (value === undefined) return schema instanceof z.ZodNullable ? null : undefined;
  if (schema instanceof z.ZodNullable) return value === null ? null : withNulls(schema.unwrap() as z.ZodType, value);
  if (schema instanceof z.ZodObject && typeof value === 'object' && value !== null) {
    const fields = value as { readonly [name: string]: unknown };
    return Object.fromEntries(
      Object.entries(schema.shape).map(([name, field]) => [name, withNulls(field as z.ZodType, fields[name])]),
    );
  }
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => withNulls(schema.element as z.ZodType, item));
  return value;
};
