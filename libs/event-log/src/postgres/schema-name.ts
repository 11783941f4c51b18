/** What a schema may be called: no quoting, no surprise in a connection string. */
export const schemaPattern = /^[a-z][a-z0-9_]{0,39}$/;

/** Throws RangeError on another name. */
export const checkSchemaName = (schema: string): string => {
  if (!schemaPattern.test(schema))
    throw new RangeError(`schema ${JSON.stringify(schema)} is not ${schemaPattern.source}`);
  return schema;
};

/** The channel on which a log of this schema tells how far it is. */
export const channelOf = (schema: string): string => `yiqiu_${checkSchemaName(schema)}`;
