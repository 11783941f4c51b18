export { cursorLengthMax, decodeCursor, encodeCursor } from './cursor.ts';
export { byKey, checkFilters, page, pageLimit, sortable } from './page.ts';
export type { Page, PageRequest } from './page.ts';
