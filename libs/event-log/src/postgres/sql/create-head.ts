import type pg from 'pg';

const text = `
INSERT INTO head (context, lineage, position, epoch, cursors, closed_l, closed_c)
VALUES ($1::text, gen_random_uuid(), 0, 0, '{}', 0, 0)
ON CONFLICT DO NOTHING`;

/** The one row, with a lineage of its own; nothing happens where it is. */
export const createHead = async (client: pg.ClientBase, context: string): Promise<void> => {
  await client.query(text, [context]);
};
